package io.millrace.benchmarks.engine;

import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.Locale;

/** What can be measured. */
public enum EngineKind {
    /** Our graph over full precision, as requests use it: mutations and fragments of a set of one shard. */
    HNSW("hnsw", true, VectorEngine.HNSW, Quantization.NONE, Rescore.MEMORY),
    /** The same graph, called directly. */
    HNSW_BARE("hnsw", false, VectorEngine.HNSW, Quantization.NONE, Rescore.MEMORY),
    /** Our graph over int8 codes; exact vectors in memory. */
    HNSW_INT8("hnsw", true, VectorEngine.HNSW, Quantization.INT8, Rescore.MEMORY),
    /** Our graph over int8 codes; exact vectors in state. */
    HNSW_INT8_STATE("hnsw", true, VectorEngine.HNSW, Quantization.INT8, Rescore.STATE),
    HNSW_INT8_BARE("hnsw", false, VectorEngine.HNSW, Quantization.INT8, Rescore.MEMORY),
    /** hnswlib-core with its own distance functions, called directly. */
    HNSWLIB("hnswlib", false, VectorEngine.HNSWLIB, Quantization.NONE, Rescore.MEMORY),
    /** hnswlib-core with our distance functions, as requests use it. */
    HNSWLIB_SHARD("hnswlib", true, VectorEngine.HNSWLIB, Quantization.NONE, Rescore.MEMORY),
    /** Every vector is scored, as requests use it. */
    FLAT("flat", true, VectorEngine.FLAT, Quantization.NONE, Rescore.MEMORY),
    JVECTOR("jvector", false, VectorEngine.HNSW, Quantization.NONE, Rescore.MEMORY),
    LUCENE("lucene", false, VectorEngine.HNSW, Quantization.NONE, Rescore.MEMORY);

    private final String family;
    private final boolean shard;
    private final VectorEngine engine;
    private final Quantization quantization;
    private final Rescore rescore;

    EngineKind(String family, boolean shard, VectorEngine engine, Quantization quantization, Rescore rescore) {
        this.family = family;
        this.shard = shard;
        this.engine = engine;
        this.quantization = quantization;
        this.rescore = rescore;
    }

    /** Returns the name that the user chooses it by; several may have the same. */
    public String family() {
        return family;
    }

    public boolean isQuantized() {
        return quantization != Quantization.NONE;
    }

    /** Returns whether it is no code of ours, and may run in another Java. */
    public boolean isPeer() {
        return this == JVECTOR || this == LUCENE;
    }

    public boolean isExact() {
        return engine == VectorEngine.FLAT;
    }

    /** Returns whether it is measured through a set of shards. */
    public boolean throughShard() {
        return shard;
    }

    VectorEngine engine() {
        return engine;
    }

    Quantization quantization() {
        return quantization;
    }

    Rescore rescore() {
        return rescore;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
