package io.millrace.index.vector;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An engine that finds about the nearest, without looking at everything. */
public interface ApproximateIndex extends VectorIndex {
    /**
     * Gives the rows of about the {@code count} nearest vectors, nearest first as far as the engine knows, each with its
     * exact score.
     *
     * @param ef the beam; at least {@code count} is used
     */
    void nearest(float[] query, int count, int ef, RowSink sink);

    /** Returns whether the index keeps keys and the values of filter fields, so that it can search among rows that pass. */
    default boolean keepsFields() {
        return false;
    }

    /** Evaluates a condition over the rows that are there now. */
    default Passing judge(RowTest test) {
        throw new UnsupportedOperationException("this engine keeps no fields");
    }

    /**
     * Gives the rows of about the {@code count} nearest vectors among those that pass, like {@link #nearest}.
     *
     * @param passing of this index as it is now
     * @return how many were given; fewer than {@code count} may be although more pass
     */
    default int nearestPassing(float[] query, int count, int ef, Passing passing, RowSink sink) {
        throw new UnsupportedOperationException("this engine keeps no fields");
    }

    /**
     * Returns which rows are of the keys, or of no such key, and satisfy a condition too.
     *
     * @param also of this index as it is now; null for no further condition
     */
    default Passing among(Collection<String> keys, boolean excluded, @Nullable Passing also) {
        throw new UnsupportedOperationException("this engine keeps no fields");
    }

    /** Gives the rows of the keys that are here, with their exact scores. */
    default void each(float[] query, List<String> keys, RowSink sink) {
        throw new UnsupportedOperationException("this engine keeps no fields");
    }

    /** Gives every row that passes, with its exact score. */
    default void everyPassing(float[] query, Passing passing, RowSink sink) {
        throw new UnsupportedOperationException("this engine keeps no fields");
    }

    /** Which rows pass a condition; good until the index changes. */
    interface Passing {
        boolean passes(int row);

        /** Returns about how many rows pass; exactly where they have few distinct values. */
        long estimate();
    }

    /** Returns what the searches since the last call cost. */
    SearchCost takeCost();

    /** Takes rows with their exact scores. */
    @FunctionalInterface
    interface RowSink {
        void accept(String key, double score);

        /** Returns whether a row of this score might be taken; what no row could be of any more is not looked at. */
        default boolean mightTake(double score) {
            return true;
        }

        /** Returns after how many rows it might have enough. */
        default int enough() {
            return Integer.MAX_VALUE;
        }
    }

    /**
     * @param distances that were computed on the way, exact scores apart
     * @param nodesVisited whose links were followed
     */
    record SearchCost(long distances, long nodesVisited) {
        static final SearchCost UNKNOWN = new SearchCost(0, 0);
    }
}
