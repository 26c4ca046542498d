package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.RowStatistics;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.StatisticsColumns;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the rows of collections, one after the other, and takes what was measured of them in the background. */
final class StatisticsRun implements OperationRun {
    private static final int ROWS_PER_STEP = 128;

    private final List<CollectionBinding> collections;
    private final List<Object[]> rows = new ArrayList<>();
    private @Nullable Shard shard;
    private @Nullable RowStatistics counting;
    private int next;
    private long rowsRead;

    private StatisticsRun(List<CollectionBinding> collections) {
        this.collections = collections;
    }

    /** @throws MillraceException if a collection was dropped */
    static StatisticsRun of(ReadStatistics read, BoundCatalog catalog) throws MillraceException {
        List<CollectionBinding> collections = new ArrayList<>();
        for (long id : read.collectionIds()) {
            collections.add(catalog.required(id));
        }
        return new StatisticsRun(collections);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        next = 0;
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        RowStatistics open = counting;
        if (open == null && shard != null && next < collections.size()) {
            open = shard.documents().statistics(collections.get(next));
            counting = open;
        }
        if (open == null) {
            return false;
        }
        if (shard != null && !open.run(ROWS_PER_STEP)) {
            take(collections.get(next), open);
            rows.add(measured(collections.get(next).id(), shard));
            counting = null;
            next++;
        }
        return next < collections.size();
    }

    private void take(CollectionBinding collection, RowStatistics done) {
        rowsRead += done.rowsRead();
        for (RowStatistics.Group group : done.groups()) {
            @Nullable Object[] row = new @Nullable Object[StatisticsColumns.COUNT];
            row[StatisticsColumns.COLLECTION_ID] = collection.id();
            row[StatisticsColumns.EVENT_TYPE] = group.eventType();
            row[StatisticsColumns.ROWS] = group.rows();
            row[StatisticsColumns.OLDEST_MS] = group.oldestMs();
            row[StatisticsColumns.NEWEST_MS] = group.newestMs();
            rows.add(row);
        }
    }

    private static @Nullable Object[] measured(long collectionId, Shard shard) {
        @Nullable Object[] row = new @Nullable Object[StatisticsColumns.COUNT];
        row[StatisticsColumns.COLLECTION_ID] = collectionId;
        OfCollection measured = shard.statistics().measured(collectionId);
        if (measured != null) {
            row[StatisticsColumns.MEASURED] = new String(StatisticsCodec.write(measured), StandardCharsets.UTF_8);
        }
        return row;
    }

    @Override
    public long rowsRead() {
        return rowsRead;
    }

    @Override
    public PartialResult.Rows finish() {
        return new PartialResult.Rows(rows, false, new FragmentStats(rowsRead, rows.size(), 0, 0, null, null));
    }
}
