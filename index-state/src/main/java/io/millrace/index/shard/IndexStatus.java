package io.millrace.index.shard;

/**
 * How a vector index stands in one shard.
 *
 * @param ready whether searches use it; else it is built from state, and searches score every vector
 * @param rowsIndexed vectors in it
 * @param memoryBytes about how much memory it takes
 * @param rowsInvalid rows kept without a vector that was no array of finite floats, since the shard was opened
 * @param rowsDimensionMismatch rows kept without a vector of a wrong dimension, since the shard was opened
 */
public record IndexStatus(
        int shard,
        long indexId,
        boolean ready,
        long rowsIndexed,
        long memoryBytes,
        long rowsInvalid,
        long rowsDimensionMismatch) {}
