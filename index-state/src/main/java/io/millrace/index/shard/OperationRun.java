package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.GraphStore;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.PartialResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One operation over some shards, one after the other, in steps between which everything else may happen. */
interface OperationRun {
    /** What a certificate says of the index or the edge type that was used. */
    record Used(long indexVersion, @Nullable FreshnessMode mode, long pendingRows, long staleRows) {
        static final Used NOTHING = new Used(0, null, 0, 0);

        static Used ofEdges(List<EdgeBinding> types, GraphStore graph) {
            List<FreshnessMode> modes = types.stream()
                    .map(type -> type.type().freshness().mode())
                    .distinct()
                    .toList();
            long pending = types.stream()
                    .mapToLong(type -> type.type().id())
                    .distinct()
                    .map(graph::pendingCount)
                    .sum();
            return new Used(0, modes.size() == 1 ? modes.get(0) : null, pending, 0);
        }
    }

    /** Goes to the next shard. */
    Used begin(Shard shard);

    /** Does some work on the shard and returns whether more is left there. */
    boolean step();

    /** Returns how many rows, vectors or edges it has looked at on all shards so far; -1 where they are not counted by shard. */
    default long rowsRead() {
        return -1;
    }

    /** Does some work on the rows of all shards together, and returns whether more is left before {@link #finish}. */
    default boolean prepare() {
        return false;
    }

    /** Returns the rows of all shards together. */
    PartialResult.Rows finish();

    /** Lets go of everything; called once, behind {@link #finish} or instead of it. */
    default void close() {}
}
