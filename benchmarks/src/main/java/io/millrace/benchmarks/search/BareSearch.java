package io.millrace.benchmarks.search;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.engine.LocalShards;
import io.millrace.benchmarks.engine.RocksState;
import io.millrace.benchmarks.engine.SearchSetting;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.VectorIndexDefinition;

/** The peer: as many shards as the job has, with the same vectors, searched in one thread without anything around. */
final class BareSearch implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Dataset data;
    private final SearchSetting setting;
    private final RocksState state = new RocksState();
    private final LocalShards shards;

    BareSearch(Dataset data, int k, int m, int efConstruction, int shardCount) {
        this.data = data;
        setting = new SearchSetting(
                k, VectorIndexDefinition.EF_SEARCH_DEFAULT, VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT);
        EngineSpec spec = new EngineSpec(EngineKind.HNSW, data.metric(), data.dimension(), m, efConstruction, false);
        shards = new LocalShards(shardCount, spec, FreshnessMode.IMMEDIATE, state.storages(shardCount)::storage);
        for (int id = 0; id < data.base().length; id++) {
            shards.apply(shards.upsert(id, data.base()[id]));
        }
        shards.settle();
    }

    /** Returns searches a second of one thread. */
    double perSecond(int seconds) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * NANOS_PER_SECOND);
        int searches = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            shards.ask(shards.search(data.queries()[searches++ % data.queries().length], setting));
        }
        return searches * NANOS_PER_SECOND / (System.nanoTime() - start);
    }

    @Override
    public void close() {
        shards.close();
        state.close();
    }
}
