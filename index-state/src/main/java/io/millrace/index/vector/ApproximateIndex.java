package io.millrace.index.vector;

/** An engine that finds about the nearest, without looking at everything. */
public interface ApproximateIndex extends VectorIndex {
    /**
     * Gives the rows of about the {@code count} nearest vectors, nearest first as far as the engine knows, each with its
     * exact score.
     *
     * @param ef the beam; at least {@code count} is used
     */
    void nearest(float[] query, int count, int ef, RowSink sink);

    /** Returns what the searches since the last call cost. */
    SearchCost takeCost();

    /** Takes rows with their exact scores. */
    @FunctionalInterface
    interface RowSink {
        void accept(String key, double score);
    }

    /**
     * @param distances that were computed on the way, exact scores apart
     * @param nodesVisited whose links were followed
     */
    record SearchCost(long distances, long nodesVisited) {
        static final SearchCost UNKNOWN = new SearchCost(0, 0);
    }
}
