package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Namespaces;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThat(kept()).isBetween(2L, 1_000L);

        fixture.restart();
        fixture.background();

        assertThat(ids(logs)).containsExactly("new");
        assertThat(kept()).isEqualTo(1);
    }

    /** By the hour alone the last row would be of 11:00, from which 9:00 is not too long ago. */
    @Test
    void whatWasGoneStaysGoneBehindARestart() {
        long logs = logs(HOUR_MS * 3 / 2);
        log("old", 9 * HOUR_MS);
        log("new", 12 * HOUR_MS - 1);
        assertThat(ids(logs)).containsExactly("new");

        fixture.restart();

        assertThat(ids(logs)).containsExactly("new");
        assertThat(kept()).as("the background has not been there").isEqualTo(2);
    }

    /** Version 1 of the bytes: they must be read for ever. */
    @Test
    void theGreatestTimeIsInStateAsItEverWas() {
        long logs = logs(HOUR_MS);
        log("new", 12 * HOUR_MS - 1);
        fixture.shards.flush();

        byte[] value = fixture.storages.get(0).open(StateNames.BUCKETS).get(Namespaces.of(logs), new byte[] {0});
        assertThat(HexFormat.of().formatHex(value)).isEqualTo("010000000002932dff");
    }

    /** Returns how many rows are in state. */
    private long kept() {
        return fixture.storages.get(0).open(StateNames.DOCUMENTS).size();
    }

    /** The background has done nothing yet: no reader sees by how much it lags behind. */
    @ParameterizedTest
    @EnumSource(VectorEngine.class)
    void noReaderSeesRowsThatWaitToBeRemoved(VectorEngine engine) {
        long logs = logs(HOUR_MS);
        long index = fixture.vectorIndex("logs_v", "logs", "v", 2, Metric.L2, engine);
        for (int i = 0; i < 400; i++) {
            fixture.upsert("logs", "old" + i, Map.of("at", HOUR_MS, "v", new double[] {i, 0}));
        }
        for (int i = 0; i < 30; i++) {
            fixture.upsert("logs", "new" + i, Map.of("at", 9 * HOUR_MS, "v", new double[] {1_000 + i, 0}));
        }
        List<Object> news =
                IntStream.range(0, 30).<Object>mapToObj(i -> "new" + i).sorted().toList();

        assertThat(ids(logs)).containsExactlyElementsOf(news);
        for (Long by : Arrays.asList(index, null)) {
            assertThat(fixture.rows(Fixture.search(logs, "v", by, Metric.L2, new float[] {0, 0}, 3)))
                    .as("all nearer ones are gone")
                    .extracting(row -> row.get(0))
                    .containsExactly("new0", "new1", "new2");
        }
        assertThat(fixture.rows(new FetchDocuments(logs, List.of("old1", "new1"), List.of())))
                .extracting(row -> row.get(0))
                .containsExactly("new1");
        Grouping count = new Grouping(List.of(), List.of(new Grouping.Metric(AggregateFunction.COUNT, null, false)));
        assertThat(fixture.rows(new AggregateDocuments(Fixture.all(logs), List.of(count), 1 << 20)))
                .containsExactly(List.of(0L, 30L));
        assertThat(fixture.rows(new ReadStatistics(List.of(logs))).get(0).get(2))
                .isEqualTo(30L);
        assertThat(kept()).isEqualTo(430);

        fixture.background();
        assertThat(ids(logs)).containsExactlyElementsOf(news);
        assertThat(kept()).isEqualTo(30);
    }

    @Test
    void aPatchOfARowThatIsGoneBeginsAnew() {
        long logs = logs(HOUR_MS);
        long index = fixture.vectorIndex("logs_v", "logs", "v", 2, Metric.L2, VectorEngine.HNSW);
        log("old", HOUR_MS);
        log("new", 9 * HOUR_MS);
        fixture.patch("logs", "old", Map.of("at", 9 * HOUR_MS));

        assertThat(ids(logs)).containsExactly("new", "old");
        assertThat(fixture.rows(Fixture.search(logs, "v", index, Metric.L2, new float[] {1, HOUR_MS}, 5)))
                .as("its vector was not named")
                .extracting(row -> row.get(0))
                .containsExactly("new");
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
