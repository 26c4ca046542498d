package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.RowObserver;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scans rows and keeps the first in order. A row that moves to another bucket between two slices is taken as it was when
 * it moved: else it might be missed, or seen twice. A row that is deleted meanwhile is not returned.
 */
final class ScanRun implements OperationRun {
    private static final int ROWS_PER_STEP = 128;

    /** Room for rows that are deleted between slices. */
    private static final int SPARE = 64;

    private final ScanDocuments scan;
    private final CollectionBinding collection;
    private final RowFilter filter;
    private final Projection projection;
    private final TopRows rows;
    private final List<Watch> watches = new ArrayList<>();
    private @Nullable Watch watch;
    private @Nullable Cursor cursor;
    private final Set<Object> seen = new HashSet<>();
    private final List<Object[]> result = new ArrayList<>();
    private boolean sorted;
    private boolean truncated;
    private long rowsRead;
    private long rowsMatched;

    ScanRun(ScanDocuments scan, CollectionBinding collection) {
        this.scan = scan;
        this.collection = collection;
        filter = new RowFilter(collection, scan.selection());
        projection = new Projection(collection, scan.columns());
        long capacity = (long) scan.limit() + 1 + SPARE;
        rows = new TopRows(filter, scan.orderBy(), (int) Math.min(capacity, Integer.MAX_VALUE - 8));
    }

    /** What happens to the rows of one shard between slices. */
    private final class Watch implements RowObserver {
        private final Shard shard;
        private final Set<String> moved = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();

        Watch(Shard shard) {
            this.shard = shard;
            shard.documents().observe(this);
        }

        @Override
        public void moved(CollectionBinding of, byte[] key, byte[] row) {
            if (of.id() == collection.id() && watch == this && moved.add(Bytes.text(key))) {
                rows.grow();
                take(shard, key, row);
            }
        }

        @Override
        public void deleted(CollectionBinding of, byte[] key, byte @Nullable [] row) {
            if (of.id() == collection.id()) {
                deleted.add(Bytes.text(key));
            }
        }
    }

    @Override
    public Used begin(Shard shard) {
        watch = new Watch(shard);
        watches.add(watch);
        cursor = shard.documents()
                .scan(
                        collection,
                        scan.selection().eventTypeId(),
                        scan.selection().timeRange());
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        Watch on = watch;
        Cursor at = cursor;
        if (on == null || at == null) {
            return false;
        }
        for (int i = 0; i < ROWS_PER_STEP; i++) {
            if (!at.next()) {
                watch = null;
                return false;
            }
            rowsRead++;
            if (on.moved.isEmpty() || !on.moved.contains(Bytes.text(at.key()))) {
                take(on.shard, at.key(), at.value());
            }
        }
        return true;
    }

    private void take(Shard shard, byte[] key, byte[] row) {
        if (filter.passes(key, row)) {
            rowsMatched++;
            rows.offer(RowFilter.key(collection, filter.cursor().keyText()), filter.cursor(), shard);
        }
    }

    @Override
    public boolean prepare() {
        if (!sorted) {
            sorted = !rows.sortSome(ROWS_PER_STEP);
            return true;
        }
        for (int i = 0; i < ROWS_PER_STEP && !truncated; i++) {
            TopRows.Row row = rows.next();
            if (row == null) {
                return false;
            }
            if (!isGone(row) && seen.add(row.key())) {
                truncated = result.size() == scan.limit();
                if (!truncated) {
                    result.add(project(row));
                }
            }
        }
        return !truncated;
    }

    @Override
    public long rowsRead() {
        return rowsRead;
    }

    @Override
    public PartialResult.Rows finish() {
        return new PartialResult.Rows(result, truncated, new FragmentStats(rowsRead, rowsMatched, 0, 0, null, null));
    }

    private boolean isGone(TopRows.Row row) {
        for (Watch one : watches) {
            if (one.shard == row.shard()
                    && one.deleted.contains(Bytes.text(row.keyBytes()))
                    && row.shard().documents().row(collection, row.keyBytes()) == null) {
                return true;
            }
        }
        return false;
    }

    private Object[] project(TopRows.Row row) {
        Object[] result = new Object[1 + projection.size()];
        result[0] = row.key();
        projection.read(row.shard().documents(), row.keyBytes(), row.row(), result, 1);
        return result;
    }

    @Override
    public void close() {
        watches.forEach(one -> one.shard.documents().unobserve(one));
    }
}
