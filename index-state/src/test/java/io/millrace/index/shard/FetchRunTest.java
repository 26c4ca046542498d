package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.ShardStats;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FetchRunTest {
    private static final int KEYS = 60;
    private static final long HOUR_MS = 3_600_000;
    private static final List<String> COLUMNS = List.of("at", "n", "@timestamp", "event_type");

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    /** Read by all keys that there can be, the rows are those that the scan of the same selection finds. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rowsReadByKeyAreThoseOfTheScan(long seed) {
        Random random = new Random(seed);
        Fixture one = new Fixture(1);
        long visits = one.collection(Fixture.schema(
                "visits",
                "at",
                new Field("id", ValueType.INT),
                new Field("at", ValueType.TIMESTAMP),
                new Field("n", ValueType.INT)));
        long login = one.eventType("Login", "visits", EventTypePolicy.ACCEPT, "n");
        for (int i = 0; i < 200; i++) {
            change(one, random);
        }
        List<String> keys = IntStream.range(0, KEYS).mapToObj(String::valueOf).toList();
        for (int i = 0; i < 20; i++) {
            DocumentSelection selection = selection(visits, login, random);
            assertThat(one.rows(new FetchDocuments(selection, shuffledBack(keys, random), COLUMNS)))
                    .as("%s", selection)
                    .containsExactlyInAnyOrderElementsOf(
                            one.rows(new ScanDocuments(selection, COLUMNS, List.of(), 1_000)));
        }
    }

    /** What is read on one shard is not another's, and nothing is left out. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyShardTellsWhatItReadAlone(long seed) {
        Random random = new Random(seed);
        Fixture shards = new Fixture(3);
        long visits = shards.collection(Fixture.schema("visits", null, new Field("id", ValueType.INT)));
        long[] rows = new long[3];
        for (int i = 0; i < 50; i++) {
            String key = Integer.toString(random.nextInt(1_000_000));
            if (shards.rows(new FetchDocuments(visits, List.of(key), List.of())).isEmpty()) {
                rows[ShardRouting.shardOf(key, 3)]++;
                shards.upsert("visits", key, Map.of("id", Long.valueOf(key)));
            }
        }

        FragmentStats stats = Fixture.rowsOf(
                        shards.ask(new ScanDocuments(DocumentSelection.all(visits), List.of(), List.of(), 1_000)))
                .stats();

        assertThat(stats.shards()).extracting(ShardStats::shard).containsExactly(0, 1, 2);
        assertThat(stats.shards()).extracting(ShardStats::rowsRead).containsExactly(rows[0], rows[1], rows[2]);
        assertThat(stats.shards().stream().mapToLong(ShardStats::elapsedNanos).sum())
                .isBetween(1L, stats.elapsedNanos());
    }

    private static List<String> shuffledBack(List<String> keys, Random random) {
        List<String> shuffled = new java.util.ArrayList<>(keys);
        java.util.Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private static void change(Fixture one, Random random) {
        String key = Integer.toString(random.nextInt(KEYS));
        if (random.nextInt(5) == 0) {
            one.delete("visits", key, false);
            return;
        }
        Map<String, Object> fields = Map.of("at", random.nextInt(48) * HOUR_MS, "n", (long) random.nextInt(4));
        String type = random.nextBoolean() ? "Login" : null;
        one.send(new DocumentChange(ChangeKind.UPSERT, "visits", key, type, false, EncodedFields.of(fields)));
    }

    private static DocumentSelection selection(long collection, long eventType, Random random) {
        @Nullable TimeRange range = random.nextBoolean()
                ? new TimeRange(random.nextInt(24) * HOUR_MS, (24 + random.nextInt(24)) * HOUR_MS)
                : null;
        Predicate filter = random.nextBoolean()
                ? new Predicate.Compare("n", Comparison.GTE, (long) random.nextInt(4))
                : Predicate.ALWAYS;
        return new DocumentSelection(collection, random.nextBoolean() ? eventType : null, range, filter);
    }
}
