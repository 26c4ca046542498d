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
 * @param indexVersion builds of it, from 1; 0 before the first has ended
 * @param pendingRows changes that wait for it
 * @param staleRows rows changed since its version was built
 * @param tombstones nodes of deleted rows whose links were not repaired yet
 * @param buildTimeMs how long its last build took; 0 before it has ended
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
