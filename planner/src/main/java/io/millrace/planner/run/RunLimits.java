package io.millrace.planner.run;

/**
 * Bounds of what one running request may hold.
 *
 * @param memoryBytesMax intermediate rows of all its steps, by estimate
 * @param frontierMax vertices that one traversal expands
 * @param neighboursMax edges that one shard gives for one hop, and that a search for paths tries
 */
public record RunLimits(long memoryBytesMax, int frontierMax, int neighboursMax) {
    public static final RunLimits DEFAULT = new RunLimits(64L << 20, 100_000, 1_000_000);

    public RunLimits {
        if (memoryBytesMax < 1 || frontierMax < 1 || neighboursMax < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }
}
