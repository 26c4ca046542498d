package io.millrace.index.shard;

/**
 * How a vector index stands in one shard.
 *
 * @param ready whether searches use it; else it is built from state, and searches score every vector
 * @param rowsIndexed vectors in it
 * @param memoryBytes about how much memory it takes
 * @param rowsInvalid rows kept without a vector that was no array of finite floats, since the shard was opened
 * @param rowsDimensionMismatch rows kept without a vector of a wrong dimension, since the shard was opened
 * @param state {@code EMPTY}, {@code BUILDING}, {@code READY}, {@code STALE} or {@code FAILED(reason)}
 * @param indexVersion number of the build that serves, from 1, one higher with each that ends; 0 while none does
 * @param pendingRows changes that wait for it
 * @param staleRows rows changed since its version was built
 * @param tombstones vectors that are gone but kept, because the engine only marks them
 * @param buildTimeMs how long its last build that ended took; 0 before the first
 */
public record IndexStatus(
        int shard,
        long indexId,
        boolean ready,
        long rowsIndexed,
        long memoryBytes,
        long rowsInvalid,
        long rowsDimensionMismatch,
        String state,
        long indexVersion,
        long pendingRows,
        long staleRows,
        long tombstones,
        long buildTimeMs) {}
