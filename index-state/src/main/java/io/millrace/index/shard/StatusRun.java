package io.millrace.index.shard;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.IndexStatusColumns;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how vector indexes stand, one shard a step. */
final class StatusRun implements OperationRun {
    private final @Nullable Long indexId;
    private final List<Object[]> rows = new ArrayList<>();

    private StatusRun(@Nullable Long indexId) {
        this.indexId = indexId;
    }

    /** @throws MillraceException if the index was dropped */
    static StatusRun of(ReadIndexStatus read, BoundCatalog catalog) throws MillraceException {
        Long indexId = read.indexId();
        if (indexId != null) {
            var unused = catalog.requiredIndex(indexId);
        }
        return new StatusRun(indexId);
    }

    @Override
    public Used begin(Shard shard) {
        for (IndexStatus status : shard.indexStatus()) {
            if (indexId == null || indexId == status.indexId()) {
                rows.add(row(status));
            }
        }
        return Used.NOTHING;
    }

    private static Object[] row(IndexStatus status) {
        Object[] row = new Object[IndexStatusColumns.COUNT];
        row[IndexStatusColumns.SHARD] = (long) status.shard();
        row[IndexStatusColumns.INDEX_ID] = status.indexId();
        row[IndexStatusColumns.STATE] = status.state();
        row[IndexStatusColumns.ROWS_INDEXED] = status.rowsIndexed();
        row[IndexStatusColumns.BYTES] = status.memoryBytes();
        row[IndexStatusColumns.BUILD_TIME_MS] = status.buildTimeMs();
        row[IndexStatusColumns.INDEX_VERSION] = status.indexVersion();
        row[IndexStatusColumns.PENDING_ROWS] = status.pendingRows();
        row[IndexStatusColumns.STALE_ROWS] = status.staleRows();
        row[IndexStatusColumns.ROWS_INVALID] = status.rowsInvalid();
        row[IndexStatusColumns.ROWS_DIM_MISMATCH] = status.rowsDimensionMismatch();
        row[IndexStatusColumns.TOMBSTONES] = status.tombstones();
        return row;
    }

    @Override
    public boolean step() {
        return false;
    }

    @Override
    public PartialResult.Rows finish() {
        FragmentStats stats = new FragmentStats(rows.size(), rows.size(), 0, 0, null, null);
        return new PartialResult.Rows(rows, false, stats);
    }
}
