package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.index.vector.Distance;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessChange;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.value.ValueType;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a search sees of changes that wait for an index, in every mode; also after a crash. */
class VectorFreshnessTest {
    private static final int DIMENSION = 8;

    private final Fixture fixture = new Fixture(2);
    private final Map<Long, float[]> live = new TreeMap<>();
    private final Map<Long, Set<Double>> everScored = new HashMap<>();
    private final float[] query = {1, 0.5f, 0, -1, 0.25f, 0, 2, -0.5f};
    private long items;
    private long index;

    private void create(FreshnessMode mode, VectorEngine engine, boolean pendingVisible) {
        items = fixture.collection(Fixture.schema(
                "items", null, new Field("id", ValueType.INT), new Field("v", ValueType.VECTOR, DIMENSION)));
        index(mode, engine, pendingVisible);
    }

    private void index(FreshnessMode mode, VectorEngine engine, boolean pendingVisible) {
        fixture.control(new CatalogChange.CreateVectorIndex(
                new VectorIndexDefinition(
                        0,
                        "items_v",
                        "items",
                        "v",
                        DIMENSION,
                        Metric.L2,
                        engine,
                        new Freshness(mode, 20, 50, 60, pendingVisible),
                        8,
                        60,
                        2_000,
                        VectorIndexDefinition.Quantization.NONE,
                        VectorIndexDefinition.Rescore.MEMORY,
                        List.of(),
                        VectorIndexDefinition.DimensionPolicy.ERROR,
                        4.0,
                        null,
                        0),
                false));
        index = fixture.catalog.vectorIndex("items_v").orElseThrow().id();
    }

    private void put(long id, float[] vector) {
        double[] doubles = new double[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            doubles[i] = vector[i];
        }
        fixture.upsert("items", Long.toString(id), Map.of("v", doubles));
        live.put(id, vector);
        everScored.computeIfAbsent(id, ignored -> new HashSet<>()).add(Distance.score(Metric.L2, query, vector));
    }

    private void delete(long id) {
        fixture.delete("items", Long.toString(id), false);
        live.remove(id);
    }

    private static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextInt(9) - 4;
        }
        return vector;
    }

    private void change(Random random) {
        long id = random.nextInt(150);
        if (random.nextInt(4) == 0) {
            delete(id);
        } else {
            put(id, vector(random));
        }
    }

    /** A beam above all rows, so that what is found is exactly what is in the index. */
    private SearchVectors search(int k) {
        return new SearchVectors(Fixture.all(items), "v", index, Metric.L2, query, k, List.of(), false, 2_000, 4.0);
    }

    private Partial ask(int k) {
        return fixture.ask(search(k));
    }

    private List<List<Object>> exact(int k) {
        return live.entrySet().stream()
                .map(row -> List.<Object>of(row.getKey(), Distance.score(Metric.L2, query, row.getValue()) + 0.0))
                .sorted(Comparator.comparingDouble((List<Object> row) -> (Double) row.get(1))
                        .thenComparingLong(row -> (Long) row.get(0)))
                .limit(k)
                .toList();
    }

    private void assertNothingIsDeletedAndEveryScoreWasTrueOnce(Partial answer) {
        for (List<Object> row : Fixture.asLists(Fixture.rowsOf(answer))) {
            assertThat(live).containsKey((Long) row.get(0));
            assertThat(everScored.get((Long) row.get(0))).contains((Double) row.get(1));
        }
    }

    private static long pending(Partial answer) {
        return answer.certificates().stream()
                .mapToLong(ShardCertificate::pendingRows)
                .sum();
    }

    private static long stale(Partial answer) {
        return answer.certificates().stream()
                .mapToLong(ShardCertificate::staleRows)
                .sum();
    }

    @ParameterizedTest(name = "{0} {1} visible {2} seed {3}")
    @CsvSource({
        "IMMEDIATE,HNSW,false,1", "BATCHED,HNSW,true,2", "BATCHED,HNSW,false,3", "ASYNC,HNSW,false,4",
        "ASYNC,HNSW,true,5", "REBUILD_ONLY,HNSW,false,6", "BATCHED,HNSWLIB,true,7", "ASYNC,HNSWLIB,false,8",
        "REBUILD_ONLY,HNSWLIB,false,9", "BATCHED,FLAT,true,10", "ASYNC,FLAT,false,11"
    })
    void modesShowWhatTheyPromiseAlsoAfterCrashes(FreshnessMode mode, VectorEngine engine, boolean visible, long seed) {
        Random random = new Random(seed);
        create(mode, engine, visible);
        Map<Integer, HeapShardStorage> barrier = copy();
        Map<Long, float[]> liveAtBarrier = Map.of();
        for (int step = 0; step < 600; step++) {
            change(random);
            int dice = random.nextInt(40);
            if (dice == 0) {
                fixture.nowMs += 60;
                fixture.background();
            } else if (dice == 1) {
                fixture.shards.runBackground(0);
            } else if (dice == 2) {
                fixture.shards.flush();
                barrier = copy();
                liveAtBarrier = new TreeMap<>(live);
            } else if (dice == 3) {
                fixture.storages.clear();
                fixture.storages.putAll(barrier);
                barrier = copy();
                fixture.crash();
                live.clear();
                live.putAll(liveAtBarrier);
            } else if (dice < 12) {
                Partial answer = ask(5);
                assertNothingIsDeletedAndEveryScoreWasTrueOnce(answer);
                if (mode == FreshnessMode.IMMEDIATE || visible) {
                    assertThat(Fixture.asLists(Fixture.rowsOf(answer))).isEqualTo(exact(5));
                }
                assertThat(pending(answer)).isLessThanOrEqualTo(2 * 61);
            } else if (dice < 15 && mode != FreshnessMode.REBUILD_ONLY) {
                fixture.markers();
                Partial answer = fixture.ask(search(5), new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset)));
                assertThat(Fixture.asLists(Fixture.rowsOf(answer))).isEqualTo(exact(5));
            }
        }
        fixture.nowMs += 60;
        fixture.background();
        if (mode != FreshnessMode.REBUILD_ONLY) {
            Partial last = ask(5);
            assertThat(pending(last)).isZero();
            assertThat(Fixture.asLists(Fixture.rowsOf(last))).isEqualTo(exact(5));
        }
    }

    private Map<Integer, HeapShardStorage> copy() {
        Map<Integer, HeapShardStorage> copies = new HashMap<>();
        fixture.storages.forEach((number, storage) -> copies.put(number, storage.copy()));
        return copies;
    }

    @Test
    void batchedAppliesWhenEnoughWaitOrTheOldestIsOldEnough() {
        create(FreshnessMode.BATCHED, VectorEngine.HNSW, true);
        Random random = new Random(31);
        for (long id = 0; id < 5; id++) {
            put(id, vector(random));
        }
        fixture.background();
        assertThat(pending(ask(2))).isEqualTo(5);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(fixture.nowMs + 50);
        fixture.nowMs += 50;
        fixture.background();
        assertThat(pending(ask(2))).isZero();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatWaitedAtARestartIsAppliedWithoutAnotherChange() {
        create(FreshnessMode.ASYNC, VectorEngine.HNSW, false);
        Random random = new Random(36);
        for (long id = 0; id < 30; id++) {
            put(id, vector(random));
        }
        fixture.restart();
        assertThat(pending(ask(3))).isPositive();
        fixture.background();

        assertThat(pending(ask(3))).isZero();
        assertThat(Fixture.asLists(Fixture.rowsOf(ask(3)))).isEqualTo(exact(3));
    }

    @ParameterizedTest
    @EnumSource(VectorEngine.class)
    void anExactSearchSeesWhatWaitsInEveryMode(VectorEngine engine) {
        create(FreshnessMode.REBUILD_ONLY, engine, false);
        Random random = new Random(37);
        for (long id = 0; id < 30; id++) {
            put(id, vector(random));
        }
        SearchVectors search = search(5);
        Partial answer = fixture.ask(
                new SearchVectors(search.selection(), "v", index, Metric.L2, query, 5, List.of(), true, 100, 4.0));

        assertThat(Fixture.asLists(Fixture.rowsOf(answer))).isEqualTo(exact(5));
        assertThat(stale(answer)).isEqualTo(30);
    }

    @Test
    void aBuildThatNeedsTooMuchMemoryIsGivenUpAndTheVersionServesOn() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        Random random = new Random(38);
        for (long id = 0; id < 300; id++) {
            put(id, vector(random));
        }
        long bytes = fixture.shards.indexStatus().stream()
                .mapToLong(IndexStatus::memoryBytes)
                .sum();
        fixture.limitVectorMemory(bytes + bytes / 4);
        build();
        fixture.background();

        assertThat(fixture.shards.indexStatus())
                .allSatisfy(status -> assertThat(status.state()).isEqualTo("READY"))
                .anySatisfy(status -> assertThat(status.indexVersion()).isEqualTo(1));
        assertThat(Fixture.asLists(Fixture.rowsOf(ask(5)))).isEqualTo(exact(5));
    }

    @Test
    void asyncAppliesTheOldestItselfWhereTooManyWait() {
        create(FreshnessMode.ASYNC, VectorEngine.HNSW, false);
        Random random = new Random(32);
        for (long id = 0; id < 400; id++) {
            put(id, vector(random));
        }
        Partial answer = ask(3);

        assertThat(pending(answer)).isEqualTo(2 * 60);
        assertThat(Fixture.rowsOf(answer).rows()).hasSize(3);
    }

    @Test
    void aFrozenVersionStaysUntilABuildAndServesMeanwhile() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        Random random = new Random(33);
        for (long id = 0; id < 200; id++) {
            put(id, vector(random));
        }
        alter(FreshnessMode.REBUILD_ONLY);
        List<List<Object>> frozen = Fixture.asLists(Fixture.rowsOf(ask(5)));
        for (long id = 0; id < 100; id++) {
            put(id, vector(random));
        }
        delete(199);
        Partial stale = ask(200);
        assertNothingIsDeletedAndEveryScoreWasTrueOnce(stale);
        assertThat(stale(stale)).isEqualTo(101);
        assertThat(frozen).isNotEqualTo(exact(5));
        fixture.restart();
        assertThat(stale(ask(5))).isEqualTo(101);
        build();
        while (fixture.shards.runBackground(0)) {
            change(random);
            assertThat(Fixture.rowsOf(ask(5)).rows()).hasSize(5);
        }
        assertThat(ask(5).certificates()).allMatch(certificate -> certificate.indexVersion() == 2);
        build();
        fixture.background();
        Partial fresh = ask(5);
        assertThat(Fixture.asLists(Fixture.rowsOf(fresh))).isEqualTo(exact(5));
        assertThat(fresh.certificates()).allMatch(certificate -> certificate.indexVersion() == 3);
        assertThat(stale(fresh)).isZero();
        fixture.restart();
        assertThat(Fixture.asLists(Fixture.rowsOf(ask(5)))).isEqualTo(exact(5));
    }

    @Test
    void aTokenWaitsForABuildOfAFrozenIndex() {
        create(FreshnessMode.REBUILD_ONLY, VectorEngine.HNSW, false);
        put(1, query.clone());
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        int before = fixture.partials.size();
        fixture.shards.submit(fixture.fragment(search(1), token));
        fixture.finish();
        fixture.markers();
        fixture.background();
        assertThat(fixture.partials).as("told once").hasSize(before + 1);
        assertThat(fixture.partials.get(before).result())
                .isEqualTo(new PartialResult.Waiting(token, PartialResult.WaitingFor.BUILD));
        build();
        fixture.background();
        fixture.finish();

        assertThat(fixture.partials).hasSize(before + 2);
        assertThat(Fixture.asLists(Fixture.rowsOf(fixture.partials.get(before + 1))))
                .containsExactly(List.of(1L, 0.0));
    }

    @Test
    void aDroppedIndexLeavesNothingInState() {
        create(FreshnessMode.ASYNC, VectorEngine.HNSW, false);
        Random random = new Random(34);
        for (long id = 0; id < 100; id++) {
            put(id, vector(random));
        }
        fixture.restart();
        List<String> names = List.of("vector-rows", "vector-nodes", "vector-values", "vector-meta", "vector-pending");
        assertThat(names.stream().mapToLong(this::entries).sum()).isPositive();
        fixture.control(new CatalogChange.DropVectorIndex("items_v", false));
        fixture.restart();

        assertThat(names.stream().collect(Collectors.toMap(name -> name, this::entries)))
                .allSatisfy((name, entries) -> assertThat(entries).as(name).isZero());
    }

    @Test
    void anIndexThatWouldPassItsMemoryFailsAndItsSearchesAreExact() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        fixture.limitVectorMemory(60_000);
        Random random = new Random(35);
        for (long id = 0; id < 300; id++) {
            put(id, vector(random));
        }
        Partial answer = ask(5);

        assertThat(fixture.shards.indexStatus()).extracting(IndexStatus::state).contains("FAILED(memory)");
        assertThat(Fixture.rowsOf(answer).stats().reason()).isEqualTo("failed_memory");
        assertThat(Fixture.asLists(Fixture.rowsOf(answer))).isEqualTo(exact(5));
        fixture.limitVectorMemory(Long.MAX_VALUE);
        build();
        fixture.background();
        assertThat(fixture.shards.indexStatus()).extracting(IndexStatus::state).containsOnly("READY");
        assertThat(Fixture.asLists(Fixture.rowsOf(ask(5)))).isEqualTo(exact(5));
    }

    @Test
    void aVersionAfterAFailureHasANumberOfItsOwnAlsoOverARestart() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        build();
        fixture.background();
        assertThat(fixture.shards.indexStatus())
                .extracting(IndexStatus::indexVersion)
                .containsOnly(2L);

        fixture.limitVectorMemory(1);
        put(1, vector(new Random(39)));
        assertThat(fixture.shards.indexStatus())
                .filteredOn(status -> status.state().equals("FAILED(memory)"))
                .isNotEmpty()
                .extracting(IndexStatus::indexVersion)
                .containsOnly(0L);
        fixture.limitVectorMemory(Long.MAX_VALUE);
        fixture.background();

        assertThat(fixture.shards.indexStatus())
                .allSatisfy(status -> assertThat(status.state()).isIn("READY", "EMPTY"))
                .anySatisfy(status -> assertThat(status.indexVersion()).isEqualTo(3));
    }

    @Test
    void howLongTheLastBuildTookIsKnownAfterARestart() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        Random random = new Random(40);
        for (long id = 0; id < 60; id++) {
            put(id, vector(random));
        }
        fixture.restart();
        build();
        while (fixture.shards.runBackground(0)) {
            fixture.nowMs += 5;
        }
        List<Long> took = buildTimes();
        assertThat(took).allSatisfy(ms -> assertThat(ms).isPositive());

        fixture.restart();
        assertThat(buildTimes()).isEqualTo(took);
    }

    private List<Long> buildTimes() {
        return fixture.shards.indexStatus().stream()
                .map(IndexStatus::buildTimeMs)
                .toList();
    }

    /** State of before last builds were kept. */
    @Test
    void whereOnlyTheVersionIsInStateTheNextOneFollowsIt() {
        create(FreshnessMode.IMMEDIATE, VectorEngine.HNSW, false);
        put(1, vector(new Random(41)));
        build();
        fixture.background();
        fixture.shards.flush();
        fixture.storages
                .values()
                .forEach(storage -> storage.open(StateNames.SHARD_META).clear(Bytes.utf8("last-builds")));
        fixture.crash();
        assertThat(fixture.shards.indexStatus())
                .allSatisfy(status -> assertThat(status.indexVersion()).isEqualTo(2))
                .allSatisfy(status -> assertThat(status.buildTimeMs()).isZero());

        build();
        fixture.background();
        assertThat(fixture.shards.indexStatus())
                .extracting(IndexStatus::indexVersion)
                .containsOnly(3L);
    }

    private long entries(String name) {
        return fixture.storages.values().stream()
                .mapToLong(storage -> storage.open(name).size())
                .sum();
    }

    private void alter(FreshnessMode mode) {
        fixture.control(new CatalogChange.AlterVectorIndex(
                "items_v", new FreshnessChange(mode, null, null, null, null), null, null));
        fixture.background();
    }

    private void build() {
        fixture.control(new CatalogChange.BuildVectorIndex("items_v"));
    }
}
