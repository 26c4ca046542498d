package io.millrace.index.document;

import io.millrace.index.document.BucketDirectory.Bucket;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.fragment.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all collections of one shard.
 *
 * <p>A collection without a time field is one namespace, and writing a whole row is one put and no read. One with a time
 * field or a retention keeps its rows by event type and hour, with a locator from the key to the bucket: a write reads
 * the locator, and a change of type or time moves the row. A scan of a time range opens only the hours in it.
 *
 * <p>Rows that have outlived the retention of their collection, which counts back from the greatest event time of the
 * shard's rows, go by the hour: from one moment on no reader sees them and no patch builds on them, whether they are removed
 * yet or not.
 */
public final class DocumentStore {
    private final KeyValueStore documents;
    private final KeyValueStore locator;
    private final KeyValueStore vectors;
    private final BucketDirectory directory;
    private final LongSupplier clock;

    /** By collection, the first hour that stays; never less than before, also where the clock goes back. */
    private final Map<Long, Long> goneBeforeHour = new HashMap<>();

    private final List<RowObserver> observers = new ArrayList<>();

    /** @param clock epoch ms: an event time far ahead of it counts less */
    public DocumentStore(ShardStorage storage, LongSupplier clock) {
        this.clock = clock;
        documents = storage.open(StateNames.DOCUMENTS);
        locator = storage.open(StateNames.LOCATOR);
        vectors = storage.open(StateNames.VECTORS);
        directory = new BucketDirectory(storage.open(StateNames.BUCKETS));
    }

    /** Returns the encoded row, or null. */
    public byte @Nullable [] row(CollectionBinding collection, byte[] key) {
        if (!collection.bucketed()) {
            return documents.get(collection.namespace(), key);
        }
        Bucket bucket = locate(collection, key);
        return bucket == null || bucket.hour() < goneBeforeHour(collection)
                ? null
                : documents.get(namespace(collection, bucket), key);
    }

    /** Returns the first hour whose rows stay; the least of all where all do. */
    private long goneBeforeHour(CollectionBinding collection) {
        Long retentionMs = collection.schema().retentionMs();
        if (retentionMs == null) {
            return Long.MIN_VALUE;
        }
        long endMs = RetentionEnd.ms(retentionMs, directory.greatestMs(collection.id()), clock.getAsLong());
        return goneBeforeHour.merge(collection.id(), Math.floorDiv(endMs, BucketDirectory.BUCKET_MS), Math::max);
    }

    /** Returns the vector of a field, or null. */
    public float @Nullable [] vector(CollectionBinding collection, int ordinal, byte[] key) {
        byte[] bytes = vectors.get(collection.vectorNamespace(ordinal), key);
        return bytes == null ? null : VectorFormat.decode(bytes);
    }

    /** Writes what an upsert says: the whole row, and every vector of it. */
    public void upsert(CollectionBinding collection, byte[] key, RowDraft draft, long timestampMs) {
        put(collection, key, draft.toRow(timestampMs));
        for (int ordinal : collection.vectorOrdinals()) {
            putVector(collection, ordinal, key, draft.vector(ordinal));
        }
    }

    /** Writes what a patch says: the named fields; a row that is not there is created. */
    public void patch(CollectionBinding collection, byte[] key, RowDraft draft, long timestampMs) {
        byte[] old = row(collection, key);
        put(
                collection,
                key,
                old == null ? draft.toRow(timestampMs) : draft.patch(old, collection.timeOrdinal(), timestampMs));
        for (int ordinal : collection.vectorOrdinals()) {
            if (draft.named(ordinal)) {
                putVector(collection, ordinal, key, draft.vector(ordinal));
            }
        }
    }

    /** Gives a row a vector, and returns whether there is such a row. */
    public boolean setVector(CollectionBinding collection, int ordinal, byte[] key, float[] vector, RowDraft draft) {
        byte[] old = row(collection, key);
        if (old == null) {
            return false;
        }
        draft.reset(collection.table().size());
        draft.keepVector(ordinal, vector);
        put(collection, key, draft.patch(old, collection.timeOrdinal(), RowFormat.eventTimeMs(old)));
        putVector(collection, ordinal, key, vector);
        return true;
    }

    /** Removes the row and its vectors; a missing row changes nothing. */
    public void delete(CollectionBinding collection, byte[] key) {
        byte[] observed = observers.isEmpty() ? null : row(collection, key);
        if (collection.bucketed()) {
            Bucket bucket = locate(collection, key);
            if (bucket != null) {
                documents.remove(namespace(collection, bucket), key);
                locator.remove(collection.namespace(), key);
                directory.count(collection.id(), bucket, -1);
            }
        } else {
            documents.remove(collection.namespace(), key);
        }
        for (int ordinal : collection.vectorOrdinals()) {
            vectors.remove(collection.vectorNamespace(ordinal), key);
        }
        observers.forEach(observer -> observer.deleted(collection, key, observed));
    }

    private void put(CollectionBinding collection, byte[] key, byte[] row) {
        if (!collection.bucketed()) {
            documents.put(collection.namespace(), key, row);
            return;
        }
        Bucket target = Bucket.of(row);
        if (collection.schema().retentionMs() != null) {
            directory.seen(collection.id(), RowFormat.eventTimeMs(row));
        }
        Bucket current = locate(collection, key);
        if (!target.equals(current)) {
            if (current != null) {
                moveAway(collection, current, key);
            }
            locator.put(collection.namespace(), key, target.valueBytes());
            directory.count(collection.id(), target, 1);
        }
        documents.put(namespace(collection, target), key, row);
    }

    private void moveAway(CollectionBinding collection, Bucket from, byte[] key) {
        byte[] namespace = namespace(collection, from);
        if (!observers.isEmpty()) {
            byte[] row = documents.get(namespace, key);
            if (row != null) {
                observers.forEach(observer -> observer.moved(collection, key, row));
            }
        }
        documents.remove(namespace, key);
        directory.count(collection.id(), from, -1);
    }

    private void putVector(CollectionBinding collection, int ordinal, byte[] key, float @Nullable [] vector) {
        if (vector == null) {
            vectors.remove(collection.vectorNamespace(ordinal), key);
        } else {
            vectors.put(collection.vectorNamespace(ordinal), key, VectorFormat.encode(vector));
        }
    }

    /** Returns the rows that may be of the event type and in the range, and some that are not, in no promised order. */
    public RowScan scan(CollectionBinding collection, @Nullable Long eventTypeId, @Nullable TimeRange range) {
        return collection.bucketed()
                ? RowScan.ofBuckets(documents, collection, selected(collection, eventTypeId, range))
                : RowScan.of(documents, collection.namespace());
    }

    private List<Bucket> selected(CollectionBinding collection, @Nullable Long eventTypeId, @Nullable TimeRange range) {
        List<Bucket> selected = directory.select(collection.id(), eventTypeId, range);
        long goneBefore = goneBeforeHour(collection);
        selected.removeIf(bucket -> bucket.hour() < goneBefore);
        return selected;
    }

    /** Returns whether rows are left that have outlived their retention. */
    public boolean hasGone(CollectionBinding collection) {
        return collection.schema().retentionMs() != null
                && directory.hasBefore(collection.id(), goneBeforeHour(collection));
    }

    /** Returns whether the row has outlived its retention and is not removed yet. */
    public boolean isGone(CollectionBinding collection, byte[] key) {
        Bucket bucket = hasGone(collection) ? locate(collection, key) : null;
        return bucket != null && bucket.hour() < goneBeforeHour(collection);
    }

    /** Returns the rows that have outlived their retention and are not removed yet. */
    public RowScan gone(CollectionBinding collection) {
        return RowScan.ofBuckets(documents, collection, directory.before(collection.id(), goneBeforeHour(collection)));
    }

    /** Returns the vectors of a field as {@link VectorFormat} has them, in no promised order. */
    public Cursor scanVectors(CollectionBinding collection, int ordinal) {
        return vectors.scan(collection.vectorNamespace(ordinal));
    }

    /** Returns how many rows a bucketed collection has; -1 for others, whose rows nobody counts. */
    public long rowCount(CollectionBinding collection) {
        return collection.bucketed() ? directory.rows(collection.id()) : -1;
    }

    /** Returns what counts the rows of the collection, some at a time. */
    public RowStatistics statistics(CollectionBinding collection) {
        return collection.bucketed()
                ? RowStatistics.ofBuckets(
                        collection,
                        directory.countsFrom(collection.id(), goneBeforeHour(collection)),
                        bucket -> documents.scan(namespace(collection, bucket)))
                : RowStatistics.ofAll(collection, documents.scan(collection.namespace()));
    }

    /** Tells {@code observer} from now on of rows that leave their place. */
    public void observe(RowObserver observer) {
        observers.add(observer);
    }

    public void unobserve(RowObserver observer) {
        observers.remove(observer);
    }

    /** Writes what is kept in memory; called before every barrier. */
    public void flush() {
        directory.flush();
    }

    /** Returns the entries of a collection that was dropped, to be removed in slices. */
    public DroppedCollection dropped(long collectionId, boolean bucketed, int fieldCount) {
        goneBeforeHour.remove(collectionId);
        return new DroppedCollection(collectionId, bucketed, fieldCount, documents, locator, vectors, directory);
    }

    private @Nullable Bucket locate(CollectionBinding collection, byte[] key) {
        byte[] located = locator.get(collection.namespace(), key);
        return located == null ? null : Bucket.ofValue(located);
    }

    private static byte[] namespace(CollectionBinding collection, Bucket bucket) {
        return Namespaces.bucket(collection.id(), bucket.eventTypeId(), bucket.hour());
    }
}
