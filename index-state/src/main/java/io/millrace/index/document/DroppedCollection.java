package io.millrace.index.document;

import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What a dropped collection left behind, removed some entries at a time. Nobody can see it meanwhile. */
public final class DroppedCollection {
    private record Part(KeyValueStore store, byte[] namespace) {}

    private final long collectionId;
    private final BucketDirectory directory;
    private final Queue<Part> parts = new ArrayDeque<>();
    private @Nullable Part part;
    private @Nullable Cursor cursor;

    DroppedCollection(
            long collectionId,
            boolean bucketed,
            int fieldCount,
            KeyValueStore documents,
            KeyValueStore locator,
            KeyValueStore vectors,
            BucketDirectory directory) {
        this.collectionId = collectionId;
        this.directory = directory;
        if (bucketed) {
            directory
                    .select(collectionId, null, null)
                    .forEach(bucket -> parts.add(
                            new Part(documents, Namespaces.bucket(collectionId, bucket.eventTypeId(), bucket.hour()))));
            parts.add(new Part(locator, Namespaces.of(collectionId)));
        } else {
            parts.add(new Part(documents, Namespaces.of(collectionId)));
        }
        for (int ordinal = 0; ordinal < fieldCount; ordinal++) {
            parts.add(new Part(vectors, Namespaces.vectors(collectionId, ordinal)));
        }
    }

    /** Removes at most {@code entriesMax} entries and returns whether more are left. */
    public boolean removeSome(int entriesMax) {
        for (int removed = 0; removed < entriesMax; ) {
            if (part != null && cursor != null && cursor.next()) {
                part.store().remove(part.namespace(), cursor.key());
                removed++;
            } else if (parts.isEmpty()) {
                directory.drop(collectionId);
                return false;
            } else {
                part = parts.remove();
                cursor = part.store().scan(part.namespace());
            }
        }
        return true;
    }
}
