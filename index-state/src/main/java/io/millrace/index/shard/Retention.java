package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RowScan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Removes the rows that have outlived the retention of their collection, some at a time; no reader sees them any more. */
final class Retention {
    private final DocumentStore documents;
    private final List<CollectionBinding> collections = new ArrayList<>();
    private final Map<Long, RowScan> expired = new HashMap<>();

    Retention(DocumentStore documents) {
        this.documents = documents;
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
            if (expired.containsKey(collection.id()) || documents.hasGone(collection)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable RowScan rows(CollectionBinding collection) {
        RowScan rows = expired.get(collection.id());
        if (rows == null && documents.hasGone(collection)) {
            rows = documents.gone(collection);
            expired.put(collection.id(), rows);
        }
        return rows;
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
