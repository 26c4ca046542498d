package io.millrace.benchmarks.stream;

import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.engine.LocalShards;
import io.millrace.benchmarks.engine.RocksState;
import io.millrace.benchmarks.engine.SearchSetting;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.Arrays;

/** Shards in this thread, without Kafka. */
final class ShardTarget implements StreamTarget {
    private static final long SLICE_NANOS = 200_000;

    private final RocksState state = new RocksState();
    private final LocalShards shards;

    ShardTarget(EngineSpec spec, FreshnessMode mode, int shardCount) {
        shards = new LocalShards(shardCount, spec, mode, state.storages(shardCount)::storage);
    }

    @Override
    public void upsert(int id, float[] vector) {
        shards.apply(shards.upsert(id, vector));
    }

    @Override
    public void delete(int id) {
        shards.apply(shards.delete(id));
    }

    @Override
    public void settle() {
        shards.settle();
    }

    @Override
    public void rebuild() {
        shards.rebuild();
    }

    @Override
    public int[] search(float[] query, int k) {
        // What the operator does while nothing comes in.
        shards.runBackground(SLICE_NANOS);
        shards.ask(shards.search(
                query,
                new SearchSetting(
                        k, VectorIndexDefinition.EF_SEARCH_DEFAULT, VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT)));
        int[] ids = new int[k];
        return Arrays.copyOf(ids, shards.found(ids));
    }

    @Override
    public boolean isConcurrent() {
        return false;
    }

    @Override
    public long memoryBytes() {
        return shards.memoryBytes();
    }

    @Override
    public void close() {
        shards.close();
        state.close();
    }
}
