package io.millrace.index.vector;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Rows that were named, or all but those, and that satisfy a condition too. */
final class PassingRows implements ApproximateIndex.Passing {
    private final BitSet named;
    private final boolean excluded;
    private final long rows;
    private final ApproximateIndex.@Nullable Passing also;

    /**
     * @param rows how many there are in the index
     * @param also null for no further condition
     */
    PassingRows(BitSet named, boolean excluded, long rows, ApproximateIndex.@Nullable Passing also) {
        this.named = named;
        this.excluded = excluded;
        this.rows = rows;
        this.also = also;
    }

    @Override
    public boolean passes(int row) {
        return named.get(row) != excluded && (also == null || also.passes(row));
    }

    /** Returns about how many rows pass, as though both conditions had nothing to do with each other. */
    @Override
    public long estimate() {
        long count = excluded ? rows - named.cardinality() : named.cardinality();
        return also == null || rows == 0 ? count : count * also.estimate() / rows;
    }
}
