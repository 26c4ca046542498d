package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.vector.Distance;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector searches through a whole set of shards. */
class SearchRunTest {
    private static final float[] QUERY = {0.5f, 0.25f, -1, 1};

    private final Fixture fixture = new Fixture(3);

    private long items() {
        return fixture.collection(Fixture.schema(
                "items",
                null,
                new Field("id", ValueType.INT),
                new Field("v", ValueType.VECTOR, 4),
                new Field("n", ValueType.INT)));
    }

    private void item(long id, double... vector) {
        fixture.upsert("items", Long.toString(id), Map.of("v", vector, "n", id % 10));
    }

    private static SearchVectors search(long collection, @Nullable Long index, Metric metric, int k) {
        return (SearchVectors) Fixture.search(collection, "v", index, metric, QUERY, k);
    }

    private static SearchVectors filtered(SearchVectors search, Predicate filter, @Nullable TimeRange range) {
        return new SearchVectors(
                new DocumentSelection(search.selection().collectionId(), null, range, filter),
                search.field(),
                search.indexId(),
                search.metric(),
                search.query(),
                search.k(),
                List.of("n"),
                false,
                100,
                4);
    }

    private Map<Long, float[]> randomItems(long seed, int changes) {
        Random random = new Random(seed);
        Map<Long, float[]> live = new HashMap<>();
        for (int i = 0; i < changes; i++) {
            long id = random.nextInt(changes / 2);
            if (random.nextInt(4) == 0) {
                fixture.delete("items", Long.toString(id), false);
                live.remove(id);
            } else {
                double[] vector = random.ints(4, -3, 4).asDoubleStream().toArray();
                item(id, vector);
                live.put(id, floats(vector));
            }
        }
        return live;
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }

    private static List<List<Object>> oracle(Map<Long, float[]> live, Metric metric, int k) {
        Comparator<List<Object>> byScore = Comparator.comparingDouble(row -> (Double) row.get(1));
        return live.entrySet().stream()
                .map(entry -> List.<Object>of(entry.getKey(), Distance.score(metric, QUERY, entry.getValue()) + 0.0))
                .sorted((metric.ascending() ? byScore : byScore.reversed()).thenComparingLong(row -> (Long) row.get(0)))
                .limit(k)
                .toList();
    }

    @Test
    void withoutAConditionEveryVectorMatchesAndWithOneThoseThatWereSeenToPass() {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.FLAT);
        for (int id = 0; id < 500; id++) {
            item(id, id, 0, 0, 0);
        }
        SearchVectors search = search(items, index, Metric.L2, 5);
        Predicate three = new Predicate.Compare("n", Comparison.EQ, 3L);

        assertThat(Fixture.rowsOf(fixture.ask(search)).stats().rowsMatched()).isEqualTo(500);
        assertThat(Fixture.rowsOf(fixture.ask(filtered(search, three, null))).stats())
                .satisfies(stats -> assertThat(stats.rowsRead()).isEqualTo(500))
                .satisfies(stats -> assertThat(stats.rowsMatched()).isBetween(5L, 50L));
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void flatIndexAndScanOfStateAndOracleAreEqualAndTiesGoByNumber(Metric metric) {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, metric, VectorEngine.FLAT);
        Map<Long, float[]> live = randomItems(11, 2_000);

        assertThat(fixture.rows(search(items, index, metric, 50))).isEqualTo(oracle(live, metric, 50));
        assertThat(fixture.rows(search(items, null, metric, 50))).isEqualTo(oracle(live, metric, 50));
        fixture.restart();
        assertThat(fixture.rows(search(items, index, metric, 50))).isEqualTo(oracle(live, metric, 50));
        fixture.sliced();
        assertThat(fixture.rows(search(items, null, metric, 50))).isEqualTo(oracle(live, metric, 50));
    }

    @Test
    void conditionsHoldForEveryHitOnEitherPath() {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.FLAT);
        Map<Long, float[]> live = randomItems(12, 1_000);
        live.keySet().removeIf(id -> id % 10 != 3);
        Predicate filter = new Predicate.Compare("n", Comparison.EQ, 3L);
        for (Long use : new Long[] {index, null}) {
            SearchVectors search = filtered(search(items, use, Metric.L2, 20), filter, null);
            assertThat(fixture.rows(search))
                    .hasSize(20)
                    .allSatisfy(row -> assertThat(row.get(2)).isEqualTo(3L))
                    .extracting(row -> List.of(
                            java.util.Objects.requireNonNull(row.get(0)), java.util.Objects.requireNonNull(row.get(1))))
                    .isEqualTo(oracle(live, Metric.L2, 20));
            assertThat(fixture.rows(filtered(search, Predicate.ALWAYS, new TimeRange(0, 1))))
                    .isEmpty();
        }
    }

    @Test
    void anIndexOnAFilledCollectionIsBuiltInSlicesWhileChangesGoOn() {
        long items = items();
        Map<Long, float[]> live = randomItems(13, 4_000);
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.FLAT);
        Partial during = fixture.ask(search(items, index, Metric.L2, 10));
        assertThat(Fixture.rowsOf(during).stats().reason()).isEqualTo("building");
        assertThat(Fixture.asLists(Fixture.rowsOf(during))).isEqualTo(oracle(live, Metric.L2, 10));

        Random random = new Random(14);
        while (fixture.shards.runBackground(0)) {
            long id = random.nextInt(2_000);
            if (random.nextBoolean()) {
                fixture.delete("items", Long.toString(id), false);
                live.remove(id);
            } else {
                item(id, 0, 0, 0, id);
                live.put(id, new float[] {0, 0, 0, id});
            }
        }
        Partial after = fixture.ask(search(items, index, Metric.L2, 1_000));
        assertThat(Fixture.rowsOf(after).stats().reason()).isEqualTo("flat");
        assertThat(after.certificates()).allMatch(certificate -> certificate.indexVersion() == 1);
        assertThat(Fixture.asLists(Fixture.rowsOf(after))).isEqualTo(oracle(live, Metric.L2, 1_000));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21})
    void hnswlibGivesExactScoresOfLiveRowsAndSurvivesARestore(long seed) {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.COSINE, VectorEngine.HNSWLIB);
        Map<Long, float[]> live = randomItems(seed, 2_000);
        FragmentOperation search = search(items, index, Metric.COSINE, 10);

        PartialResult.Rows rows = Fixture.rowsOf(fixture.ask(search));
        assertThat(rows.stats().path()).isEqualTo("ANN");
        assertThat(rows.rows()).hasSize(10).allSatisfy(row -> {
            float[] vector = live.get((Long) row[0]);
            assertThat(vector).isNotNull();
            assertThat(row[1])
                    .isEqualTo(Distance.score(Metric.COSINE, QUERY, java.util.Objects.requireNonNull(vector)));
        });
        fixture.restart();
        assertThat(fixture.rows(search)).isEqualTo(Fixture.asLists(rows));
        assertThat(Fixture.rowsOf(fixture.ask(search(items, index, Metric.L2, 10)))
                        .stats()
                        .reason())
                .isEqualTo("metric_differs");
        assertThat(fixture.rows(search(items, index, Metric.COSINE, 5_000)))
                .isEqualTo(oracle(live, Metric.COSINE, 5_000));
    }

    @Test
    void aBadVectorIsDroppedAndCountedWhereAnIndexSaysSo() {
        long items = items();
        item(1, 1, 2, 3, 4);
        fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.FLAT, DimensionPolicy.SKIP);
        fixture.upsert("items", "1", Map.of("v", new double[] {1}, "n", 1L));
        fixture.upsert("items", "2", Map.of("v", "text", "n", 2L));

        assertThat(fixture.deadLetters).isEmpty();
        assertThat(fixture.rows(Fixture.scan(items, "n"))).containsExactly(List.of(1L, 1L), List.of(2L, 2L));
        assertThat(fixture.rows(search(items, null, Metric.L2, 10))).isEmpty();
        int ordinal = 1;
        long mismatches = 0;
        long invalid = 0;
        for (int shard = 0; shard < 3; shard++) {
            mismatches += fixture.shards.counters(shard).dimensionMismatches(items, ordinal);
            invalid += fixture.shards.counters(shard).invalidVectors(items, ordinal);
        }
        fixture.background();
        assertThat(fixture.shards.indexStatus())
                .hasSize(3)
                .allMatch(IndexStatus::ready)
                .allMatch(status -> status.rowsIndexed() == 0);
        assertThat(mismatches).isEqualTo(1);
        assertThat(invalid).isEqualTo(1);
    }

    @Test
    void patchAndNullSayWhatBecomesOfTheVector() {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.FLAT);
        item(1, 1, 2, 3, 4);
        fixture.patch("items", "1", Map.of("n", 5L));
        assertThat(fixture.rows(search(items, index, Metric.L2, 10))).hasSize(1);

        Map<String, @Nullable Object> none = new HashMap<>();
        none.put("v", null);
        fixture.patch("items", "1", none);
        assertThat(fixture.rows(search(items, index, Metric.L2, 10))).isEmpty();
        assertThat(fixture.rows(search(items, null, Metric.L2, 10))).isEmpty();
    }

    @Test
    void anIndexThatIsDroppedIsNotUsedAndItsChunksGo() {
        long items = items();
        long index = fixture.vectorIndex("items_v", "items", "v", 4, Metric.L2, VectorEngine.HNSWLIB);
        randomItems(5, 200);
        fixture.restart();
        fixture.control(new CatalogChange.DropVectorIndex("items_v", false));

        assertThat(Fixture.rowsOf(fixture.ask(search(items, index, Metric.L2, 3)))
                        .stats()
                        .reason())
                .isEqualTo("no_index");
        assertThat(fixture.storages.values())
                .allMatch(storage -> storage.open("vector-hnswlib").size() == 0);
    }

    @Test
    void aQueryOfAnotherDimensionIsAnError() {
        long items = items();
        PartialResult result = fixture.ask(Fixture.search(items, "v", null, Metric.L2, new float[3], 1))
                .result();

        assertThat(((PartialResult.Failed) result).problems())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_DIMENSION);
    }
}
