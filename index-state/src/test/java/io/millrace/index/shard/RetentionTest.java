package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final long HOUR_MS = 3_600_000;

    private final Fixture fixture = new Fixture(1);

    private long logs(long retentionMs) {
        fixture.nowMs = 1_000 * HOUR_MS;
        return fixture.collection(new CollectionSchema(
                0,
                "logs",
                List.of(
                        new Field("id", ValueType.STRING),
                        new Field("at", ValueType.TIMESTAMP),
                        new Field("v", ValueType.VECTOR, 2)),
                List.of("id"),
                "at",
                retentionMs,
                UnknownFields.ERROR));
    }

    private void log(String id, long at) {
        fixture.upsert("logs", id, Map.of("at", at, "v", new double[] {1, at}));
    }

    private List<Object> ids(long collection) {
        return fixture.rows(Fixture.scan(collection)).stream()
                .map(row -> row.get(0))
                .toList();
    }

    @Test
    void rowsGoWithTheHourThatIsPastTheRetention() {
        long logs = logs(2 * HOUR_MS);
        log("a", 10 * HOUR_MS);
        log("b", 11 * HOUR_MS + 1);
        log("c", 13 * HOUR_MS);
        assertThat(fixture.shards.nextDeadlineMs()).isLessThanOrEqualTo(fixture.nowMs);
        fixture.background();
        assertThat(ids(logs)).containsExactly("b", "c");
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);

        log("d", 14 * HOUR_MS);
        fixture.background();
        assertThat(ids(logs)).containsExactly("c", "d");
    }

    @Test
    void aRowThatIsTooOldWhenItComesGoesAtOnce() {
        long logs = logs(HOUR_MS);
        log("new", 20 * HOUR_MS);
        log("old", 3 * HOUR_MS);
        fixture.background();
        assertThat(ids(logs)).containsExactly("new");
    }

    @Test
    void theirVectorsGoToo() {
        long logs = logs(HOUR_MS);
        long index = fixture.vectorIndex("logs_v", "logs", "v", 2, Metric.L2, VectorEngine.HNSW);
        log("old", HOUR_MS);
        log("new", 9 * HOUR_MS);
        fixture.background();
        assertThat(fixture.rows(Fixture.search(logs, "v", index, Metric.L2, new float[] {1, HOUR_MS}, 5)))
                .extracting(row -> row.get(0))
                .containsExactly("new");
        assertThat(fixture.shards.indexStatus().get(0).rowsIndexed()).isEqualTo(1);
    }

    @Test
    void manyRowsGoInStepsAndARestartGoesOn() {
        long logs = logs(HOUR_MS);
        IntStream.range(0, 1_000).forEach(i -> log("k" + i, i % 5 * HOUR_MS));
        log("new", 50 * HOUR_MS);
        fixture.shards.runBackground(0);
        assertThat(ids(logs)).hasSizeBetween(2, 1_000);

        fixture.restart();
        fixture.background();

        assertThat(ids(logs)).containsExactly("new");
    }

    @Test
    void aTimeFarAheadOfTheClockDoesNotTakeAllOthersWithIt() {
        long logs = logs(48 * HOUR_MS);
        log("now", fixture.nowMs);
        log("wrong", fixture.nowMs + 1_000_000 * HOUR_MS);
        fixture.background();
        assertThat(ids(logs)).containsExactlyInAnyOrder("now", "wrong");
    }

    @Test
    void withoutARetentionEverythingStays() {
        fixture.nowMs = 1_000 * HOUR_MS;
        long events = fixture.collection(Fixture.schema(
                "events", "at", new Field("id", ValueType.STRING), new Field("at", ValueType.TIMESTAMP)));
        fixture.upsert("events", "a", Map.of("at", 0L));
        fixture.upsert("events", "b", Map.of("at", 900 * HOUR_MS));
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        assertThat(ids(events)).hasSize(2);
    }
}
