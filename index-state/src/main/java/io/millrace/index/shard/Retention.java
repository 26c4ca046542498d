package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RetentionEnd;
import io.millrace.index.document.RowScan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that have outlived the retention of their collection, which counts back from the greatest event time of
 * the shard's rows. Rows go by the hour: when the last of an hour may go, all do. An event time that lies far ahead of the
 * clock counts as a day ahead, so that one wrong event cannot take all others with it.
 */
final class Retention {
    private final DocumentStore documents;
    private final LongSupplier clock;
    private final List<CollectionBinding> collections = new ArrayList<>();
    private final Map<Long, RowScan> expired = new HashMap<>();

    Retention(DocumentStore documents, LongSupplier clock) {
        this.documents = documents;
        this.clock = clock;
    }

    /** Takes the collections of a new catalog version. */
    void bind(BoundCatalog catalog) {
        collections.clear();
        expired.clear();
        for (CollectionBinding collection : catalog.collections()) {
            if (collection.schema().retentionMs() != null) {
                collections.add(collection);
            }
        }
    }

    /** Returns whether any row must go. */
    boolean isDue() {
        for (CollectionBinding collection : collections) {
            if (rows(collection) != null) {
                return true;
            }
        }
        return false;
    }

    private @Nullable RowScan rows(CollectionBinding collection) {
        RowScan rows = expired.get(collection.id());
        if (rows == null) {
            rows = documents.before(collection, endMs(collection));
            if (rows != null) {
                expired.put(collection.id(), rows);
            }
        }
        return rows;
    }

    /** Returns the time up to which rows must go; the least of all for none. */
    private long endMs(CollectionBinding collection) {
        Long retentionMs = collection.schema().retentionMs();
        return retentionMs == null
                ? Long.MIN_VALUE
                : RetentionEnd.ms(retentionMs, documents.greatestTimeMs(collection), clock.getAsLong());
    }

    /** Has at most so many rows of each collection deleted. */
    void removeSome(int rowsMax, BiConsumer<CollectionBinding, byte[]> delete) {
        for (CollectionBinding collection : collections) {
            RowScan rows = rows(collection);
            for (int i = 0; rows != null && i < rowsMax; i++) {
                if (!rows.next()) {
                    expired.remove(collection.id());
                    break;
                }
                delete.accept(collection, rows.key());
            }
        }
    }
}
