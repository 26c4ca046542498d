package io.millrace.planner.plan;

/**
 * How many rows a step may give.
 *
 * @param asked whether the plan named it; a bound that nobody asked for makes an aggregate or join over the rows wrong
 */
public record RowLimit(int rows, boolean asked) {
    public RowLimit {
        if (rows < 1) {
            throw new IllegalArgumentException("rows must be at least 1, got " + rows);
        }
    }
}
