package io.millrace.benchmarks.engine;

/** Opens engines. */
final class Engines {
    private Engines() {}

    static Engine open(EngineSpec spec) {
        return switch (spec.kind()) {
            case HNSW, HNSW_INT8, HNSW_INT8_STATE, HNSWLIB_SHARD, FLAT -> new ShardEngine(spec);
            case HNSW_BARE, HNSW_INT8_BARE -> new BareEngine(spec);
            case HNSWLIB -> new HnswlibEngine(spec);
            case JVECTOR -> new JVectorEngine(spec);
            case LUCENE -> new LuceneEngine(spec);
        };
    }
}
