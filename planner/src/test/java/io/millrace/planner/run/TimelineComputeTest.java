package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineComputeTest {
    private static final String SCAN = step(
            "s",
            "document.scan",
            "{'collection': 'events', 'project': ['id', '@timestamp', 'at', 'amount'], 'limit': 1000}");

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static Response run(FakeShards fake, String params) {
        return Runs.run(plan(SCAN, step("t", "compute.timeline", params)), fake, 3);
    }

    private static FakeShards shards(Object... timesAndAmounts) {
        FakeShards fake = new FakeShards(3);
        for (int i = 0; i < timesAndAmounts.length; i += 2) {
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("@timestamp", at((String) timesAndAmounts[i]));
            row.put("amount", timesAndAmounts[i + 1]);
            fake.put("events", "e" + i, row);
        }
        return fake;
    }

    @Test
    void emptySpansBetweenTheFirstAndTheLastCountZero() {
        FakeShards fake = shards("2026-01-01T23:59:59Z", 1L, "2026-01-02T00:00:00Z", 2L, "2026-01-05T12:00:00Z", 3L);
        assertThat(Runs.rows(run(fake, "{'input': 's', 'bucket': '1d', 'metric': 'count'}")))
                .containsExactly(
                        asList(at("2026-01-01T00:00:00Z"), 1L),
                        asList(at("2026-01-02T00:00:00Z"), 1L),
                        asList(at("2026-01-03T00:00:00Z"), 0L),
                        asList(at("2026-01-04T00:00:00Z"), 0L),
                        asList(at("2026-01-05T00:00:00Z"), 1L));
    }

    @Test
    void sumsAreZeroInEmptySpansAndOtherMetricsAreMissing() {
        FakeShards fake = shards("2026-01-01T00:00:00Z", 4L, "2026-01-01T02:00:00Z", 6L);
        long first = at("2026-01-01T00:00:00Z");
        assertThat(Runs.rows(run(fake, "{'input': 's', 'bucket': '1h', 'metric': 'sum', 'field': 'amount'}")))
                .containsExactly(asList(first, 4L), asList(first + 3_600_000, 0L), asList(first + 7_200_000, 6L));
        assertThat(Runs.rows(run(fake, "{'input': 's', 'bucket': '1h', 'metric': 'max', 'field': 'amount'}")))
                .containsExactly(asList(first, 4L), asList(first + 3_600_000, null), asList(first + 7_200_000, 6L));
    }

    @Test
    void aWeekBeginsOnMonday() {
        assertThat(Runs.rows(run(shards("2026-11-22T10:00:00Z", 1L), "{'input': 's', 'bucket': '1w'}")))
                .containsExactly(asList(at("2026-11-16T00:00:00Z"), 1L));
    }

    @Test
    void nothingHasNoSpansAndRowsWithoutATimeAreLeftOut() {
        assertThat(Runs.rows(run(new FakeShards(3), "{'input': 's', 'bucket': '1d'}")))
                .isEmpty();
        assertThat(Runs.rows(
                        run(shards("2026-01-01T00:00:00Z", 1L), "{'input': 's', 'bucket': '1d', 'time_field': 'at'}")))
                .isEmpty();
    }

    @Test
    void moreSpansThanRowsAreRefusedUnlessALimitIsAsked() {
        FakeShards fake = shards("2000-01-01T00:00:00Z", 1L, "2026-01-01T00:00:00Z", 1L);
        assertThat(run(fake, "{'input': 's', 'bucket': '1m'}").errors())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.LIMIT_EXCEEDED);
        Response cut = run(fake, "{'input': 's', 'bucket': '1m', 'limit': 1}");
        assertThat(Runs.rows(cut)).containsExactly(asList(at("2000-01-01T00:00:00Z"), 1L));
        assertThat(Runs.table(cut, "t").truncated()).isTrue();
    }
}
