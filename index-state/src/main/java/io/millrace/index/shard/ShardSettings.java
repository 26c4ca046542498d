package io.millrace.index.shard;

import java.util.List;

/**
 * The shape of a set of shards.
 *
 * @param shardCount shards of the whole job, fixed when it first starts
 * @param maxParallelism of the job, fixed likewise
 * @param shards numbers of the shards of this subtask, ascending
 * @param topics names of the event topics; a source position names one by its place
 * @param firstSliceNanos how long a fragment may run at once when it comes, at least 0; point work needs far less
 * @param vectorMemoryMax bytes that the vector indexes of these shards may take together
 * @param clusters that are told apart in the vectors of an index; 0 for none
 * @param statisticsIntervalMs least time between two looks at the rows for statistics; 0 for none
 */
public record ShardSettings(
        int shardCount,
        int maxParallelism,
        List<Integer> shards,
        List<String> topics,
        long firstSliceNanos,
        long vectorMemoryMax,
        int clusters,
        long statisticsIntervalMs) {
    /** Long enough for a point read on a cold disk and short enough not to be felt by the input. */
    public static final long FIRST_SLICE_NANOS_DEFAULT = 2_000_000;

    /** Without statistics. */
    public ShardSettings(
            int shardCount,
            int maxParallelism,
            List<Integer> shards,
            List<String> topics,
            long firstSliceNanos,
            long vectorMemoryMax,
            int clusters) {
        this(shardCount, maxParallelism, shards, topics, firstSliceNanos, vectorMemoryMax, clusters, 0);
    }

    public ShardSettings {
        shards = shards.stream().sorted().toList();
        topics = List.copyOf(topics);
        if (shardCount < 1 || shardCount > maxParallelism) {
            throw new IllegalArgumentException(
                    "shardCount must be from 1 to max parallelism " + maxParallelism + ", got " + shardCount);
        }
        for (int shard : shards) {
            if (shard < 0 || shard >= shardCount) {
                throw new IllegalArgumentException("there is no shard " + shard + " of " + shardCount);
            }
        }
    }
}
