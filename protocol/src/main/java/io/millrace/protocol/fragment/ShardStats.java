package io.millrace.protocol.fragment;

/**
 * What one shard measured of what it did alone, before its rows went together with those of others.
 *
 * @param rowsRead rows, vectors or edges looked at; -1 where that is not counted by shard
 */
public record ShardStats(int shard, long rowsRead, long elapsedNanos) {}
