package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessChange;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.ClusterColumns;
import io.millrace.protocol.fragment.FragmentOperation.ClusterPlace;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClustersRunTest {
    private static final int SHARDS = 3;

    private final Fixture fixture = new Fixture(SHARDS);

    private void docs() {
        fixture.collection(Fixture.schema(
                "docs",
                null,
                new Field("id", ValueType.STRING),
                new Field("title", ValueType.STRING),
                new Field("v", ValueType.VECTOR, 2)));
    }

    private long index(Metric metric) {
        return fixture.vectorIndex("docs_v", "docs", "v", 2, metric, VectorEngine.HNSW);
    }

    private void put(String key, double x, double y) {
        fixture.upsert("docs", key, Map.of("v", new double[] {x, y}));
    }

    /** Puts rows into two groups, a tenth of each without a vector. */
    private void fill(int rows) {
        Random random = new Random(81);
        for (int i = 0; i < rows; i++) {
            if (i % 10 == 9) {
                fixture.upsert("docs", "d" + i, Map.of("title", "bare"));
            } else {
                put("d" + i, 100 * (i % 2) + random.nextGaussian(), random.nextGaussian());
            }
        }
    }

    private List<Object[]> clusters(long index) {
        return Fixture.rowsOf(fixture.ask(new ReadClusters(index))).rows().stream()
                .filter(row -> row[ClusterColumns.CENTROID] != null)
                .toList();
    }

    private static long rows(List<Object[]> clusters) {
        return clusters.stream()
                .mapToLong(row -> (Long) row[ClusterColumns.SIZE])
                .sum();
    }

    private static ReadClusterMembers members(long index, List<Object[]> clusters, @Nullable List<String> keys) {
        return members(index, clusters, keys, Predicate.ALWAYS, List.of(), 100_000);
    }

    /** Tells two clusters apart: those whose first component is below 50, and the others. */
    private static ReadClusterMembers members(
            long index,
            List<Object[]> clusters,
            @Nullable List<String> keys,
            Predicate filter,
            List<SortKey> orderBy,
            int limit) {
        List<ClusterPlace> places = new ArrayList<>();
        long[] sizes = new long[2];
        for (Object[] row : clusters) {
            int cluster = ((float[]) row[ClusterColumns.CENTROID])[0] < 50 ? 0 : 1;
            sizes[cluster] += (Long) row[ClusterColumns.SIZE];
            places.add(new ClusterPlace(
                    ((Long) row[ClusterColumns.SHARD]).intValue(),
                    ((Long) row[ClusterColumns.LABEL]).intValue(),
                    cluster));
        }
        return new ReadClusterMembers(
                index,
                keys,
                places,
                List.of(new float[] {0, 0}, new float[] {100, 0}),
                List.of(sizes[0], sizes[1]),
                filter,
                orderBy,
                limit);
    }

    @Test
    void everyRowWithAVectorIsInTheClusterOfItsGroup() {
        docs();
        long index = index(Metric.L2);
        fill(1_000);
        List<Object[]> clusters = clusters(index);

        assertThat(rows(clusters)).isEqualTo(900);
        assertThat(clusters)
                .allSatisfy(row -> assertThat(row[ClusterColumns.CLUSTERS]).isEqualTo(16L));
        List<List<@Nullable Object>> members = fixture.rows(members(index, clusters, null));
        assertThat(members).hasSize(900);
        assertThat(members).allSatisfy(row -> {
            int number = Integer.parseInt(((String) Objects.requireNonNull(row.get(0))).substring(1));
            assertThat(row.get(1)).isEqualTo((long) (number % 2));
            assertThat((Double) row.get(2)).isBetween(0.0, 6.0);
        });
        assertThat(members.stream().map(row -> row.get(0)).toList()).isSorted();
    }

    @Test
    void membersAreReadByKeyFilteredOrderedAndCut() {
        docs();
        long index = index(Metric.L2);
        fill(200);
        List<Object[]> clusters = clusters(index);

        assertThat(fixture.rows(members(index, clusters, List.of("d3", "nobody", "d2", "d9"))))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly("d2 0", "d3 1");
        PartialResult.Rows rows = Fixture.rowsOf(fixture.ask(members(
                index,
                clusters,
                null,
                new Predicate.Compare("cluster", Comparison.EQ, 1L),
                List.of(new SortKey("distance", true)),
                5)));
        assertThat(rows.truncated()).isTrue();
        assertThat(rows.rows()).hasSize(5).allSatisfy(row -> assertThat(row[1]).isEqualTo(1L));
        List<Double> distances =
                rows.rows().stream().map(row -> (Double) row[2]).toList();
        assertThat(distances).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(rows.stats().rowsRead()).isEqualTo(180);
        assertThat(rows.stats().rowsMatched()).isEqualTo(80);
    }

    /** Which row is where is kept whatever the mode of the index, so that sizes are of live rows. */
    @ParameterizedTest
    @EnumSource(FreshnessMode.class)
    void sizesFollowEveryChange(FreshnessMode mode) {
        docs();
        long index = index(Metric.COSINE);
        fixture.control(new CatalogChange.AlterVectorIndex(
                "docs_v", new FreshnessChange(mode, null, null, null, null), null, null));
        Random random = new Random(82);
        Map<String, Boolean> hasVector = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            String key = "d" + random.nextInt(150);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    put(key, random.nextGaussian(), random.nextGaussian());
                    hasVector.put(key, true);
                }
                case 2 -> {
                    fixture.upsert("docs", key, Map.of("title", "bare"));
                    hasVector.put(key, false);
                }
                case 3 -> {
                    fixture.patch("docs", key, Map.of("title", "patched"));
                    hasVector.putIfAbsent(key, false);
                }
                default -> {
                    fixture.delete("docs", key, false);
                    hasVector.remove(key);
                }
            }
        }
        long live = hasVector.values().stream().filter(has -> has).count();

        assertThat(rows(clusters(index))).isEqualTo(live);
        List<Object[]> before = clusters(index);
        fixture.restart();
        assertThat(rows(clusters(index))).isEqualTo(live);
        assertThat(text(clusters(index))).isEqualTo(text(before));
        assertThat(fixture.rows(members(index, before, null))).hasSize((int) live);
    }

    private static List<String> text(List<Object[]> clusters) {
        return clusters.stream()
                .map(row -> row[0] + " " + row[2] + " " + row[3] + " " + Arrays.toString((float[]) row[4]))
                .toList();
    }

    /** A shard is the same whichever subtask has it. */
    @Test
    void answersAreEqualAfterAnotherDistributionOverSubtasks() {
        docs();
        long index = index(Metric.L2);
        fill(600);
        fixture.shards.flush();
        List<Object[]> clusters = clusters(index);
        List<Partial> partials = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            ShardOutputs outputs = new ShardOutputs() {
                @Override
                public void partial(Partial partial) {
                    partials.add(partial);
                }

                @Override
                public void deadLetter(io.millrace.protocol.DeadLetter letter) {
                    throw new AssertionError(letter);
                }

                @Override
                public void event(io.millrace.protocol.mutation.EdgeChange change) {
                    throw new AssertionError(change);
                }
            };
            ShardSet view = fixture.view(List.of(shard), outputs);
            view.submit(fixture.fragment(new ReadClusters(index), OffsetToken.NONE));
        }

        assertThat(partials.stream()
                        .flatMap(partial -> text(Fixture.rowsOf(partial).rows()).stream())
                        .toList())
                .isEqualTo(text(clusters));
    }

    @Test
    void cosineLooksAtDirectionsAlone() {
        docs();
        long index = index(Metric.COSINE);
        for (int i = 1; i <= 100; i++) {
            put("x" + i, i, 0.001);
            put("y" + i, 0.001, i * i);
        }
        put("zero", 0, 0);
        List<Object[]> clusters = clusters(index);

        assertThat(rows(clusters)).isEqualTo(201);
        assertThat(clusters).allSatisfy(row -> {
            float[] centroid = (float[]) row[ClusterColumns.CENTROID];
            double length = Math.hypot(centroid[0], centroid[1]);
            assertThat(Math.min(length, Math.abs(1 - length))).isCloseTo(0, within(1e-3));
        });
        ReadClusterMembers asked = new ReadClusterMembers(
                index,
                List.of("x7", "zero"),
                List.of(),
                List.of(new float[] {1, 0}, new float[] {0, 1}),
                List.of(100L, 100L),
                Predicate.ALWAYS,
                List.of(),
                10);
        List<List<@Nullable Object>> rows = fixture.rows(asked);
        assertThat(rows.get(0).get(1))
                .as("a label that is not known goes to the nearest")
                .isEqualTo(0L);
        assertThat((Double) Objects.requireNonNull(rows.get(0).get(2))).isCloseTo(1, within(1e-6));
        assertThat(rows.get(1).get(2)).isEqualTo(0.0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anIndexOnAFilledCollectionTakesItsRowsIn(boolean inTheBackground) {
        docs();
        fill(2_000);
        long index = index(Metric.L2);
        put("d0", 100, 0);
        fixture.delete("docs", "d1", false);
        if (inTheBackground) {
            fixture.background();
        }

        assertThat(rows(clusters(index))).isEqualTo(1_799);
        assertThat(fixture.rows(members(index, clusters(index), List.of("d0", "d1", "d2", "d3"))))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly("d0 1", "d2 0", "d3 1");
        fixture.background();
        assertThat(rows(clusters(index))).isEqualTo(1_799);
    }

    @Test
    void rowsThatWereNotTakenInBeforeARestartAreAfterIt() {
        docs();
        fill(2_000);
        long index = index(Metric.L2);
        fixture.shards.runBackground(0);
        fixture.restart();

        assertThat(rows(clusters(index))).isEqualTo(1_800);
    }

    @Test
    void nothingIsLeftOfAnIndexThatIsDroppedAlsoWhereThatHappensWhileTheJobIsDown() {
        docs();
        fill(300);
        index(Metric.L2);
        fixture.background();
        fixture.restart();
        assertThat(entries()).containsOnlyKeys(StateNames.CLUSTERS, StateNames.CLUSTER_ROWS);
        fixture.control(new CatalogChange.DropVectorIndex("docs_v", false));
        fixture.shards.runBackground(0);
        fixture.restart();
        fixture.background();

        assertThat(entries()).isEmpty();
    }

    private Map<String, Long> entries() {
        Map<String, Long> entries = new TreeMap<>();
        for (HeapShardStorage storage : fixture.storages.values()) {
            for (String name : List.of(StateNames.CLUSTERS, StateNames.CLUSTER_ROWS)) {
                long size = storage.open(name).size();
                if (size > 0) {
                    entries.merge(name, size, Long::sum);
                }
            }
        }
        return entries;
    }

    @Test
    void clustersThatAreSwitchedOffGoAndThoseThatAreSwitchedOnComeBack() {
        docs();
        long index = index(Metric.L2);
        fill(300);
        fixture.keepClusters(0);
        fixture.background();
        assertThat(Fixture.rowsOf(fixture.ask(new ReadClusters(index))).rows())
                .hasSize(SHARDS)
                .allSatisfy(row -> assertThat(row[ClusterColumns.CLUSTERS]).isEqualTo(0L));
        assertThat(entries()).isEmpty();
        put("late", 1, 1);

        fixture.keepClusters(8);
        assertThat(rows(clusters(index))).isEqualTo(271);
    }

    @Test
    void aRowThatIsDeletedBetweenTwoSlicesIsNotReturned() {
        Fixture one = new Fixture(1);
        one.collection(
                Fixture.schema("docs", null, new Field("id", ValueType.STRING), new Field("v", ValueType.VECTOR, 2)));
        long index = one.vectorIndex("docs_v", "docs", "v", 2, Metric.L2, VectorEngine.FLAT);
        for (int i = 0; i < 500; i++) {
            one.upsert("docs", "d" + i, Map.of("v", new double[] {i, 0}));
        }
        one.restart();
        one.sliced();
        one.shards.submit(one.fragment(members(index, List.of(), null), OffsetToken.NONE));
        one.shards.runSlice(0);
        IntStream.range(0, 500).filter(i -> i != 250).forEach(i -> one.delete("docs", "d" + i, false));
        one.finish();

        assertThat(Fixture.asLists(Fixture.rowsOf(one.partials.get(0))))
                .extracting(row -> row.get(0))
                .containsExactly("d250");
    }

    @Test
    void readingFailsWhenTheIndexIsDropped() {
        docs();
        long index = index(Metric.L2);
        fixture.control(new CatalogChange.DropVectorIndex("docs_v", false));

        assertThat(fixture.ask(new ReadClusters(index)).result()).isInstanceOf(PartialResult.Failed.class);
        assertThat(fixture.ask(members(index, List.of(), null)).result()).isInstanceOf(PartialResult.Failed.class);
    }
}
