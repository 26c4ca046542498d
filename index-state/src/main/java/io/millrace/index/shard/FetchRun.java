package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowFilter;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads rows by key and keeps those that are selected; the result has the order of the keys that were asked for. */
final class FetchRun implements OperationRun {
    private static final int KEYS_PER_STEP = 32;

    /** Keys, most of them of other shards, that one step looks at. */
    private static final int LOOKED_AT_PER_STEP = 1_024;

    private final FetchDocuments fetch;
    private final CollectionBinding collection;
    private final RowFilter filter;
    private final Projection projection;
    private final Map<Integer, Object[]> rowsByPlace = new TreeMap<>();
    private @Nullable Shard shard;
    private int next;
    private long rowsRead;

    FetchRun(FetchDocuments fetch, CollectionBinding collection) {
        this.fetch = fetch;
        this.collection = collection;
        filter = new RowFilter(collection, fetch.selection());
        projection = new Projection(collection, fetch.columns());
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        next = 0;
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        int end = Math.min(fetch.keys().size(), next + LOOKED_AT_PER_STEP);
        for (int read = 0; next < end && read < KEYS_PER_STEP; next++) {
            String key = fetch.keys().get(next);
            if (shard != null && shard.owns(key)) {
                read(shard, key);
                read++;
            }
        }
        return next < fetch.keys().size();
    }

    private void read(Shard from, String key) {
        byte[] keyBytes = Bytes.utf8(key);
        byte[] row = from.documents().row(collection, keyBytes);
        rowsRead++;
        if (row != null && (filter.passesAll() || filter.passes(keyBytes, row))) {
            Object[] result = new Object[1 + projection.size()];
            result[0] = RowFilter.key(collection, key);
            projection.read(from.documents(), keyBytes, row, result, 1);
            rowsByPlace.put(next, result);
        }
    }

    @Override
    public long rowsRead() {
        return rowsRead;
    }

    @Override
    public PartialResult.Rows finish() {
        List<Object[]> rows = new ArrayList<>(rowsByPlace.values());
        return new PartialResult.Rows(rows, false, new FragmentStats(rowsRead, rows.size(), 0, 0, null, null));
    }
}
