package io.millrace.planner.plan;

/**
 * Bounds of what a request may ask for: beyond them a plan is refused, never cut down.
 *
 * @param stepsMax steps of a plan
 * @param rowsMax rows of a step; also the limit of a step that names none
 * @param topKMax rows of a vector search
 * @param depthMax hops of a traversal
 * @param stepTimeoutMs of a step that names none
 * @param renderRows rows bound to a render specification that names no limit
 */
public record PlanLimits(int stepsMax, int rowsMax, int topKMax, int depthMax, long stepTimeoutMs, int renderRows) {
    public static final PlanLimits DEFAULT = new PlanLimits(64, 100_000, 10_000, 10, 30_000, 1_000);

    public PlanLimits {
        if (stepsMax < 1 || rowsMax < 1 || topKMax < 1 || depthMax < 1 || stepTimeoutMs < 1 || renderRows < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }
}
