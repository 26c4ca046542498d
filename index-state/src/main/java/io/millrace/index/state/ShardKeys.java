package io.millrace.index.state;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The Flink keys of the shards. Shard s has the smallest int k whose key group is {@code ((2s + 1) * max) / (2 * shards)}:
 * the middle of the s-th of equal parts of all key groups, so that at any parallelism the subtasks' numbers of shards
 * differ by at most one. The keys depend on the shard count and the max parallelism only, and both are fixed.
 */
public final class ShardKeys implements Serializable {
    private static final long serialVersionUID = 1;

    private final int[] keys;
    private final int maxParallelism;

    /** @throws IllegalArgumentException if there are more shards than key groups */
    public ShardKeys(int shardCount, int maxParallelism) {
        if (shardCount < 1 || shardCount > maxParallelism) {
            throw new IllegalArgumentException(
                    "shardCount must be from 1 to max parallelism " + maxParallelism + ", got " + shardCount);
        }
        this.maxParallelism = maxParallelism;
        keys = new int[shardCount];
        Map<Integer, Integer> shardOfGroup = new HashMap<>();
        for (int shard = 0; shard < shardCount; shard++) {
            shardOfGroup.put((int) ((2L * shard + 1) * maxParallelism / (2L * shardCount)), shard);
        }
        for (int key = 0; !shardOfGroup.isEmpty(); key++) {
            Integer shard = shardOfGroup.remove(KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism));
            if (shard != null) {
                keys[shard] = key;
            }
        }
    }

    public int shardCount() {
        return keys.length;
    }

    /** Returns the key of the shard. */
    public int key(int shard) {
        return keys[shard];
    }

    /** Returns the subtask, of {@code parallelism}, that has the shard. */
    public int subtask(int shard, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(keys[shard], maxParallelism, parallelism);
    }

    /** Returns the shards whose key groups are in the range, ascending. */
    public List<Integer> shardsIn(KeyGroupRange range) {
        List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < keys.length; shard++) {
            if (range.contains(KeyGroupRangeAssignment.assignToKeyGroup(keys[shard], maxParallelism))) {
                shards.add(shard);
            }
        }
        return shards;
    }
}
