package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.vector.Distance;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SearchStats;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches with a condition, at every share of rows that pass, by fields that the index keeps and by others. */
class FilteredSearchTest {
    private static final int DIMENSION = 16;
    private static final int ROWS = 2_500;
    private static final long SEED = 41;

    /** By whether the index keeps the field, rows that no test changes. */
    private static final Map<Boolean, Items> UNCHANGED = new HashMap<>();

    private static Items unchanged(boolean kept) {
        return UNCHANGED.computeIfAbsent(kept, each -> new Items(each ? List.of("n") : List.of()));
    }

    @AfterAll
    static void letGo() {
        UNCHANGED.clear();
    }

    private static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /** Rows with a vector and a number below 1,000, indexed. */
    private static final class Items {
        private final Fixture fixture = new Fixture(1);
        private final Map<String, float[]> vectors = new HashMap<>();
        private final Map<String, Long> numbers = new HashMap<>();
        private final Random random = new Random(SEED);
        private long items;
        private long index;

        Items(List<String> filterFields) {
            items = fixture.collection(Fixture.schema(
                    "items",
                    null,
                    new Field("id", ValueType.STRING),
                    new Field("n", ValueType.INT),
                    new Field("v", ValueType.VECTOR, DIMENSION)));
            fixture.control(new CatalogChange.CreateVectorIndex(
                    new VectorIndexDefinition(
                            0,
                            "items_v",
                            "items",
                            "v",
                            DIMENSION,
                            Metric.L2,
                            VectorEngine.HNSW,
                            Freshness.of(FreshnessMode.IMMEDIATE),
                            16,
                            100,
                            100,
                            VectorIndexDefinition.Quantization.NONE,
                            VectorIndexDefinition.Rescore.MEMORY,
                            filterFields,
                            VectorIndexDefinition.DimensionPolicy.ERROR,
                            4.0,
                            null,
                            0),
                    false));
            index = fixture.catalog.vectorIndex("items_v").orElseThrow().id();
            for (int i = 0; i < ROWS; i++) {
                put("k" + i, random.nextInt(1_000));
            }
        }

        void put(String key, long n) {
            float[] vector = vector(random);
            double[] doubles = new double[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                doubles[i] = vector[i];
            }
            fixture.upsert("items", key, Map.of("n", n, "v", doubles));
            vectors.put(key, vector);
            numbers.put(key, n);
        }

        PartialResult.Rows below(long bound, float[] query, int k) {
            return below(bound, query, k, 100);
        }

        PartialResult.Rows below(long bound, float[] query, int k, int efSearch) {
            Predicate filter = new Predicate.Compare("n", Comparison.LT, bound);
            return Fixture.rowsOf(fixture.ask(new SearchVectors(
                    new DocumentSelection(items, null, null, filter),
                    "v",
                    index,
                    Metric.L2,
                    query,
                    k,
                    List.of(),
                    false,
                    efSearch,
                    4)));
        }

        List<List<Object>> exact(long bound, float[] query, int k) {
            return vectors.entrySet().stream()
                    .filter(row -> numbers.get(row.getKey()) < bound)
                    .map(row -> List.<Object>of(row.getKey(), Distance.score(Metric.L2, query, row.getValue())))
                    .sorted(Comparator.comparingDouble(row -> (Double) row.get(1)))
                    .limit(k)
                    .toList();
        }
    }

    /** Bounds: every row passes, as many come as were asked for or as there are, and recall@10 is at least 0.95. */
    @ParameterizedTest(name = "kept {0}, n below {1} of 1000")
    @CsvSource({
        "true, 1000",
        "true, 500",
        "true, 250",
        "true, 100",
        "true, 10",
        "true, 1",
        "true, 0",
        "false, 1000",
        "false, 500",
        "false, 100",
        "false, 10",
        "false, 1",
        "false, 0"
    })
    void asManyComeAsPass(boolean kept, long bound) {
        Items all = unchanged(kept);
        Random queries = new Random(1_000 * SEED + bound);
        int found = 0;
        int possible = 0;
        for (int q = 0; q < 20; q++) {
            float[] query = vector(queries);
            List<List<Object>> expected = all.exact(bound, query, 10);
            List<List<Object>> rows = Fixture.asLists(all.below(bound, query, 10)).stream()
                    .map(row -> List.<Object>copyOf(row))
                    .toList();
            assertThat(rows).hasSize(expected.size());
            assertThat(rows)
                    .allSatisfy(row ->
                            assertThat(all.numbers.get((String) row.get(0))).isLessThan(bound));
            possible += expected.size();
            found += (int) rows.stream().filter(expected::contains).count();
        }

        assertThat(found).as("recall@10, seed " + SEED).isGreaterThanOrEqualTo((int) (possible * 0.95));
    }

    /** Of 2,500 rows the share below the bound passes; the beam decides how many of them are simply scored. */
    @ParameterizedTest(name = "kept {0}, n below {1} of 1000, ef {2}")
    @CsvSource({
        "true, 1000, 100, ANN, post_filter, false",
        "true, 500, 100, ANN, exact_over_matches, true",
        "true, 250, 20, ANN, in_graph, false",
        "false, 500, 100, ANN, post_filter, false",
        "false, 1, 100, EXACT, post_filter, true"
    })
    void answerTellsHowTheFilterWasMet(
            boolean kept, long bound, int efSearch, String path, String how, boolean exhausted) {
        Items all = unchanged(kept);
        Random queries = new Random(1_000 * SEED + bound);
        int found = 0;
        int possible = 0;
        for (int q = 0; q < 20; q++) {
            float[] query = vector(queries);
            List<List<Object>> expected = all.exact(bound, query, 10);
            PartialResult.Rows rows = all.below(bound, query, 10, efSearch);
            SearchStats search = rows.stats().searches().get(0);

            assertThat(rows.stats().searches()).hasSize(1);
            assertThat(List.of(search.path(), search.filter(), search.exhausted()))
                    .isEqualTo(List.of(path, how, exhausted));
            assertThat(search.reason()).isEqualTo(path.equals("EXACT") ? "filter" : null);
            assertThat(search.engine()).isEqualTo("hnsw");
            assertThat(search.efSearch() >= Math.max(efSearch, search.window()) || how.startsWith("exact"))
                    .isTrue();
            assertThat(search.nodesVisited() > 0).isEqualTo(!how.startsWith("exact"));
            assertThat(search.refills() > 0).isEqualTo(path.equals("EXACT"));
            assertThat(rows.stats().distanceComputations()).isEqualTo(search.scored() + search.distanceComputations());
            possible += expected.size();
            found += (int) Fixture.asLists(rows).stream()
                    .filter(row -> expected.contains(List.<Object>copyOf(row)))
                    .count();
        }

        assertThat(found).as("recall@10, seed " + SEED).isGreaterThanOrEqualTo((int) (possible * 0.9));
    }

    @Test
    void keptFieldsFollowEveryChangeOfARowAndSurviveARestore() {
        Items all = new Items(List.of("n"));
        Random queries = new Random(1_000 * SEED);
        List<String> moved = new ArrayList<>();
        for (int i = 0; i < ROWS; i += 4) {
            String key = "k" + i;
            all.fixture.patch("items", key, Map.of("n", 5_000L));
            all.numbers.put(key, 5_000L);
            moved.add(key);
        }
        for (int i = 1; i < ROWS; i += 4) {
            all.fixture.delete("items", "k" + i, false);
            all.numbers.put("k" + i, Long.MAX_VALUE);
        }
        for (int round = 0; round < 2; round++) {
            float[] query = vector(queries);
            List<List<Object>> rows = Fixture.asLists(all.below(1_000, query, 20)).stream()
                    .map(row -> List.<Object>copyOf(row))
                    .toList();
            assertThat(rows).hasSize(20).extracting(row -> row.get(0)).doesNotContainAnyElementsOf(moved);
            assertThat(rows.stream()
                            .filter(all.exact(1_000, query, 20)::contains)
                            .count())
                    .isGreaterThanOrEqualTo(18);
            all.fixture.restart();
        }
    }
}
