package io.millrace.planner.plan;

/**
 * Bounds of what a request may ask for: beyond them a plan is refused, never cut down.
 *
 * @param stepsMax steps of a plan
 * @param rowsMax rows of a step; also the limit of a step that names none
 * @param topKMax rows of a vector search
 * @param depthMax hops of a traversal
 * @param hopsMax edges of a path of a pattern, at most {@link #HOPS_MAX}
 * @param stepTimeoutMs of a step that names none
 * @param renderRows rows bound to a render specification that names no limit
 */
public record PlanLimits(
        int stepsMax, int rowsMax, int topKMax, int depthMax, int hopsMax, long stepTimeoutMs, int renderRows) {
    /** What may be configured at most: a search for paths tries many more edges with each hop. */
    public static final int HOPS_MAX = 32;

    public static final PlanLimits DEFAULT = new PlanLimits(64, 100_000, 10_000, 10, 10, 30_000, 1_000);

    public PlanLimits {
        if (stepsMax < 1 || rowsMax < 1 || topKMax < 1 || depthMax < 1 || stepTimeoutMs < 1 || renderRows < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
        if (hopsMax < 1 || hopsMax > HOPS_MAX) {
            throw new IllegalArgumentException("hopsMax must be from 1 to " + HOPS_MAX + ", got " + hopsMax);
        }
    }

    /** Returns the same limits with another one of patterns. */
    public PlanLimits withHops(int hops) {
        return new PlanLimits(stepsMax, rowsMax, topKMax, depthMax, hops, stepTimeoutMs, renderRows);
    }

    /** Returns the same limits with another timeout of a step that names none. */
    public PlanLimits withStepTimeout(long timeoutMs) {
        return new PlanLimits(stepsMax, rowsMax, topKMax, depthMax, hopsMax, timeoutMs, renderRows);
    }
}
