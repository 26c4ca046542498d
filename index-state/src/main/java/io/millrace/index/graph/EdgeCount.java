package io.millrace.index.graph;

/** Counts the edges of one vertex along one edge type in one direction, some at a time; parallel edges count each. */
public final class EdgeCount {
    private final EdgeCursor edges;
    private long count;

    EdgeCount(EdgeCursor edges) {
        this.edges = edges;
    }

    /** Steps over at most {@code edgesMax} edges and returns whether more are left. */
    public boolean run(int edgesMax) {
        for (int i = 0; i < edgesMax; i++) {
            if (!edges.next()) {
                return false;
            }
            count++;
        }
        return true;
    }

    /** Returns how many edges were stepped over. */
    public long count() {
        return count;
    }
}
