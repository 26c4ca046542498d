package io.millrace.index.shard;

import io.millrace.index.aggregate.AggregateException;
import io.millrace.index.aggregate.GroupTable;
import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.RowObserver;
import io.millrace.index.document.RowScan;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Groups the rows of a scan where they are. Each row counts once: as it is when the scan comes to it or, if it is moved or
 * deleted before, as it was then.
 */
final class AggregateRun implements OperationRun {
    private static final int ROWS_PER_STEP = 128;

    private final AggregateDocuments operation;
    private final CollectionBinding collection;
    private final RowFilter filter;
    private final List<GroupTable> tables = new ArrayList<>();
    private @Nullable Watch watch;
    private long rowsRead;
    private long rowsMatched;

    AggregateRun(AggregateDocuments operation, CollectionBinding collection) {
        this.operation = operation;
        this.collection = collection;
        filter = new RowFilter(collection, operation.selection());
        for (int i = 0; i < operation.groupings().size(); i++) {
            tables.add(new GroupTable(i, operation.groupings().get(i), filter));
        }
    }

    /** Counts the rows of one shard that leave their place between slices. */
    private final class Watch implements RowObserver {
        private final Shard shard;
        private final RowScan scan;
        /** Keys of rows that have counted and may come again, where they went. */
        private final Set<String> counted = new HashSet<>();

        Watch(Shard shard, RowScan scan) {
            this.shard = shard;
            this.scan = scan;
        }

        @Override
        public void moved(CollectionBinding of, byte[] key, byte[] row) {
            leaves(of, key, row);
        }

        @Override
        public void deleted(CollectionBinding of, byte[] key, byte @Nullable [] row) {
            if (row != null) {
                leaves(of, key, row);
            }
        }

        private void leaves(CollectionBinding of, byte[] key, byte[] row) {
            if (of.id() == collection.id() && counted.add(Bytes.text(key)) && !scan.hasPassed(key, row)) {
                count(key, row);
            }
        }
    }

    @Override
    public Used begin(Shard shard) {
        RowScan scan = shard.documents()
                .scan(
                        collection,
                        operation.selection().eventTypeId(),
                        operation.selection().timeRange());
        watch = new Watch(shard, scan);
        shard.documents().observe(watch);
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        Watch on = watch;
        if (on == null) {
            return false;
        }
        for (int i = 0; i < ROWS_PER_STEP; i++) {
            if (!on.scan.next()) {
                close();
                return false;
            }
            rowsRead++;
            if (on.counted.isEmpty() || !on.counted.contains(Bytes.text(on.scan.key()))) {
                count(on.scan.key(), on.scan.value());
            }
        }
        checkSize();
        return true;
    }

    private void count(byte[] key, byte[] row) {
        if (filter.passes(key, row)) {
            rowsMatched++;
            for (GroupTable table : tables) {
                table.add(filter.cursor());
            }
        }
    }

    private void checkSize() {
        long bytes = 0;
        for (GroupTable table : tables) {
            bytes += table.bytes();
        }
        if (bytes > operation.bytesMax()) {
            throw new AggregateException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the groups of \"" + collection.schema().name() + "\" take more than " + operation.bytesMax()
                            + " bytes of memory");
        }
    }

    @Override
    public long rowsRead() {
        return rowsRead;
    }

    @Override
    public PartialResult.Rows finish() {
        checkSize();
        List<Object[]> rows = new ArrayList<>();
        int width = tables.stream().mapToInt(GroupTable::width).max().orElse(0);
        for (GroupTable table : tables) {
            table.addRows(rows, width);
        }
        return new PartialResult.Rows(rows, false, new FragmentStats(rowsRead, rowsMatched, 0, 0, null, null));
    }

    /** Looks at the shard no more. */
    @Override
    public void close() {
        if (watch != null) {
            watch.shard.documents().unobserve(watch);
            watch = null;
        }
    }
}
