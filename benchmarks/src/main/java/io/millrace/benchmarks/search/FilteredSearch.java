package io.millrace.benchmarks.search;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.engine.LocalShards;
import io.millrace.benchmarks.engine.RocksState;
import io.millrace.benchmarks.engine.SearchSetting;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.Fragment;
import java.util.HashSet;
import java.util.Set;

/** The same rows twice, in one shard each: with an index that keeps what the filter asks for, and scored one and all. */
final class FilteredSearch implements AutoCloseable {
    /** Rows are spread over so many parts. */
    static final int PARTS = 1_000;

    private final Dataset data;
    private final SearchSetting setting;
    private final RocksState indexedState = new RocksState();
    private final RocksState exactState = new RocksState();
    private final LocalShards indexed;
    private final LocalShards exact;

    /**
     * What a share of the rows gave.
     *
     * @param qps searches a second with the index
     * @param exactQps searches a second that score everything
     */
    record Measured(double recall, double qps, double exactQps) {}

    FilteredSearch(Dataset data, int k, int m, int efConstruction) {
        this.data = data;
        setting = new SearchSetting(
                k, VectorIndexDefinition.EF_SEARCH_DEFAULT, VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT);
        EngineSpec graph = new EngineSpec(EngineKind.HNSW, data.metric(), data.dimension(), m, efConstruction, false);
        EngineSpec flat = new EngineSpec(EngineKind.FLAT, data.metric(), data.dimension(), m, efConstruction, false);
        indexed = LocalShards.withParts(1, graph, indexedState.storages(1)::storage);
        exact = new LocalShards(1, flat, FreshnessMode.IMMEDIATE, exactState.storages(1)::storage);
        for (int id = 0; id < data.base().length; id++) {
            long part = Math.floorMod(ShardRouting.hash("part of " + id), PARTS);
            indexed.apply(indexed.upsert(id, data.base()[id], part));
            exact.apply(exact.upsert(id, data.base()[id], part));
        }
        indexed.settle();
        exact.settle();
    }

    /** Asks every query of the parts below {@code end}, of each in turn. */
    Measured measure(long end) {
        int queries = data.queries().length;
        long indexedNanos = 0;
        long exactNanos = 0;
        long right = 0;
        long possible = 0;
        for (float[] query : data.queries()) {
            indexedNanos += ask(indexed, indexed.searchBelow(end, query, setting));
            exactNanos += ask(exact, exact.searchBelow(end, query, setting));
            Set<Integer> nearest = found(exact);
            possible += nearest.size();
            nearest.retainAll(found(indexed));
            right += nearest.size();
        }
        return new Measured(
                possible == 0 ? 1 : right / (double) possible,
                queries * 1e9 / indexedNanos,
                queries * 1e9 / exactNanos);
    }

    private static long ask(LocalShards shards, Fragment fragment) {
        long start = System.nanoTime();
        shards.ask(fragment);
        return System.nanoTime() - start;
    }

    private Set<Integer> found(LocalShards shards) {
        int[] ids = new int[setting.k()];
        int count = shards.found(ids);
        Set<Integer> found = new HashSet<>();
        for (int i = 0; i < count; i++) {
            found.add(ids[i]);
        }
        return found;
    }

    @Override
    public void close() {
        indexed.close();
        exact.close();
        indexedState.close();
        exactState.close();
    }
}
