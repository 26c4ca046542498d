package io.millrace.index.document;

import io.millrace.index.document.BucketDirectory.Bucket;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a collection, bucket by bucket where it has buckets. Others may write while it is held. */
public final class RowScan implements Cursor {
    private final KeyValueStore documents;
    private final long collectionId;
    /** In order; null for a collection without buckets. */
    private final @Nullable List<Bucket> buckets;

    private int opened;
    private @Nullable Cursor current;
    private boolean onRow;
    private boolean ended;

    private RowScan(KeyValueStore documents, long collectionId, @Nullable List<Bucket> buckets) {
        this.documents = documents;
        this.collectionId = collectionId;
        this.buckets = buckets;
    }

    static RowScan ofBuckets(KeyValueStore documents, CollectionBinding collection, List<Bucket> buckets) {
        return new RowScan(documents, collection.id(), buckets);
    }

    static RowScan of(KeyValueStore documents, byte[] namespace) {
        RowScan scan = new RowScan(documents, 0, null);
        scan.current = documents.scan(namespace);
        return scan;
    }

    @Override
    public boolean next() {
        while (current == null || !current.next()) {
            onRow = false;
            if (buckets == null || opened == buckets.size()) {
                ended = true;
                return false;
            }
            Bucket bucket = buckets.get(opened++);
            current = documents.scan(Namespaces.bucket(collectionId, bucket.eventTypeId(), bucket.hour()));
        }
        onRow = true;
        return true;
    }

    /** Returns whether the scan is at or past the place of this row: it has given the row, or will not give it any more. */
    public boolean hasPassed(byte[] key, byte[] row) {
        if (buckets != null) {
            int order = opened == 0 ? 1 : Bucket.of(row).compareTo(buckets.get(opened - 1));
            if (order != 0) {
                return order < 0;
            }
        }
        return ended || (onRow && documents.compareKeys(key, entry().key()) <= 0);
    }

    @Override
    public byte[] key() {
        return entry().key();
    }

    @Override
    public byte[] value() {
        return entry().value();
    }

    private Cursor entry() {
        if (current == null) {
            throw new IllegalStateException("the cursor stands on no row");
        }
        return current;
    }
}
