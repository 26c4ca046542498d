package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AggregateComputeTest {
    private static final String METRICS =
            "[{'agg': 'count'}, {'agg': 'count', 'field': 'amount'}, {'agg': 'count_distinct',"
                    + " 'field': 'amount'}, {'agg': 'sum', 'field': 'amount'}, {'agg': 'avg', 'field': 'amount'}, {'agg': 'min',"
                    + " 'field': 'amount'}, {'agg': 'max', 'field': 'amount'}, {'agg': 'first', 'field': 'amount'}, {'agg': 'last',"
                    + " 'field': 'amount'}]";

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    private static Response aggregate(FakeShards fake, String params) {
        return Runs.run(
                plan(
                        step(
                                "s1",
                                "document.scan",
                                "{'collection': 'events', 'project': ['id', '@timestamp', 'platform'," + " 'amount']}"),
                        step("a", "compute.aggregate", params)),
                fake,
                3);
    }

    private static Map<String, Object> event(@Nullable Object platform, @Nullable Object amount, long at) {
        Map<String, Object> event = new HashMap<>();
        event.put("platform", platform);
        event.put("amount", amount);
        event.put("@timestamp", at);
        return event;
    }

    @Test
    void emptyInputWithoutGroupsGivesOneRow() {
        assertThat(Runs.rows(aggregate(new FakeShards(3), "{'input': 's1', 'metrics': " + METRICS + "}")))
                .containsExactly(asList(0L, 0L, 0L, null, null, null, null, null, null));
    }

    @Test
    void sumThatDoesNotFitIsAnError() {
        FakeShards fake = new FakeShards(3);
        fake.put("events", "a", event("x", Long.MAX_VALUE, 1));
        fake.put("events", "b", event("x", 1L, 2));

        Response response = aggregate(fake, "{'input': 's1', 'metrics': [{'agg': 'sum', 'field': 'amount'}]}");

        assertThat(response.errors()).extracting(Problem::code).containsExactly(ErrorCode.LIMIT_EXCEEDED);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithPlainJava(long seed) {
        Random random = new Random(seed);
        FakeShards fake = new FakeShards(3);
        TreeMap<Object, List<Row>> groups = new TreeMap<>(ValueOrder.ASCENDING);
        List<Row> nulls = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            Row row = new Row(
                    String.format("e%02d", i),
                    random.nextInt(5) == 0 ? null : "p" + random.nextInt(4),
                    random.nextInt(6) == 0 ? null : (long) random.nextInt(9) - 4,
                    random.nextInt(10));
            fake.put("events", row.id, event(row.platform, row.amount, row.at));
            if (row.platform == null) {
                nulls.add(row);
            } else {
                groups.computeIfAbsent(row.platform, key -> new ArrayList<>()).add(row);
            }
        }

        List<List<Object>> expected = new ArrayList<>();
        groups.forEach((platform, rows) -> expected.add(expected(platform, rows)));
        expected.add(expected(null, nulls));

        assertThat(Runs.rows(aggregate(
                        fake,
                        "{'input': 's1', 'group_by': ['platform'], 'metrics': "
                                + METRICS.replace("}, {'agg': 'count', ", ", 'as': 'rows'}, {'agg': 'count', ") + "}")))
                .isEqualTo(expected);
    }

    private record Row(
            String id, @Nullable String platform, @Nullable Long amount, long at) {}

    private static List<Object> expected(@Nullable Object platform, List<Row> rows) {
        List<Row> valued = rows.stream()
                .filter(row -> row.amount != null)
                .sorted(java.util.Comparator.comparing(Row::at).thenComparing(Row::id))
                .toList();
        List<Long> amounts = valued.stream().map(Row::amount).toList();
        var statistics = amounts.stream().mapToLong(Long::longValue).summaryStatistics();
        boolean none = amounts.isEmpty();
        return asList(
                platform,
                (long) rows.size(),
                (long) amounts.size(),
                (long) new HashSet<>(amounts).size(),
                none ? null : statistics.getSum(),
                none ? null : (double) statistics.getSum() / amounts.size(),
                none ? null : statistics.getMin(),
                none ? null : statistics.getMax(),
                none ? null : amounts.get(0),
                none ? null : amounts.get(amounts.size() - 1));
    }
}
