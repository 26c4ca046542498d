package io.millrace.benchmarks.engine;

import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.mutation.RoutedMutation;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One of our engines as requests use it: mutations and fragments of one shard, state in RocksDB or on the heap. */
final class ShardEngine implements Engine {
    private final @Nullable RocksState state;
    private final LocalShards shards;

    /** Whether it is our graph: hnswlib-core would be built once more in the time that it took before. */
    private final boolean ours;

    ShardEngine(EngineSpec spec) {
        ours = spec.kind().engine() == VectorEngine.HNSW;
        state = spec.heapState() ? null : new RocksState();
        shards = new LocalShards(1, spec, FreshnessMode.IMMEDIATE, storages(state));
    }

    private static IntFunction<ShardStorage> storages(@Nullable RocksState state) {
        HeapShardStorage heap = new HeapShardStorage();
        return state == null ? number -> heap : state.storages(1)::storage;
    }

    @Override
    public Runnable put(int id, float[] vector) {
        RoutedMutation mutation = shards.upsert(id, vector);
        return () -> shards.apply(mutation);
    }

    @Override
    public void seal() {
        shards.settle();
        shards.flush();
    }

    @Override
    public Runnable search(float[] query, SearchSetting setting) {
        Fragment fragment = shards.search(query, setting);
        return () -> shards.ask(fragment);
    }

    @Override
    public int found(int[] ids) {
        return shards.found(ids);
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public void save() {
        shards.flush();
    }

    @Override
    public void reopen() {
        shards.reopen();
    }

    @Override
    public boolean reindexes() {
        return ours;
    }

    @Override
    public void reindex() {
        shards.rebuild();
        shards.flush();
    }

    @Override
    public void close() {
        shards.close();
        if (state != null) {
            state.close();
        }
    }
}
