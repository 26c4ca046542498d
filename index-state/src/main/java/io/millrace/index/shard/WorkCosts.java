package io.millrace.index.shard;

import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import io.millrace.protocol.statistics.WorkKind;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What work costs of late: means of nanoseconds a unit, in which older work counts for less and less. */
final class WorkCosts {
    private static final double DECAY = 0.05;

    /** Of less work than this most of the time is not the work's. */
    private static final long UNITS_MIN = 32;

    private final Map<WorkKind, Double> nanos = new EnumMap<>(WorkKind.class);
    private boolean changed;

    void see(FragmentOperation operation, FragmentStats stats) {
        if (operation instanceof SearchVectors) {
            boolean searched = stats.distanceComputations() > stats.rowsRead();
            see(
                    searched ? WorkKind.SEARCH_DISTANCE : WorkKind.SCORE,
                    searched ? stats.distanceComputations() : stats.rowsRead(),
                    stats);
        } else if (operation instanceof ExpandVertices expand) {
            see(WorkKind.EXPAND_VERTEX, expand.vertices().size() + stats.rowsRead(), stats);
        } else if (operation instanceof ExpandEdges expand) {
            see(WorkKind.EXPAND_VERTEX, expand.vertices().size() + stats.rowsRead(), stats);
        } else if (operation instanceof FetchDocuments fetch) {
            see(WorkKind.FETCH_ROW, fetch.keys().size(), stats);
        } else if (operation instanceof ScanDocuments) {
            see(WorkKind.SCAN_ROW, stats.rowsRead(), stats);
        }
    }

    private void see(WorkKind kind, long units, FragmentStats stats) {
        if (units >= UNITS_MIN) {
            double each = (double) stats.elapsedNanos() / units;
            nanos.merge(kind, each, (before, now) -> before + DECAY * (now - before));
            changed = true;
        }
    }

    /** Returns what has changed since the last call; null for nothing. */
    @Nullable OfWork take(int shard) {
        if (!changed) {
            return null;
        }
        changed = false;
        return new OfWork(shard, nanos);
    }
}
