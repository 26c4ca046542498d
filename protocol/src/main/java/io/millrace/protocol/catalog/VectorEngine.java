package io.millrace.protocol.catalog;

/** What keeps a vector index. */
public enum VectorEngine {
    /** Our own incremental graph. */
    HNSW,
    /** The hnswlib-core library; stored as a whole, for comparison and small indexes. */
    HNSWLIB,
    /** Vectors in memory, every one scored: exact. */
    FLAT
}
