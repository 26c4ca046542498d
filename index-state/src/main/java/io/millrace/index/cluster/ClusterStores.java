package io.millrace.index.cluster;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the clusters of one shard are kept.
 *
 * @param clusters by index their head, and by index and place the clusters
 * @param rows by index and key the cluster of each row
 */
public record ClusterStores(KeyValueStore clusters, KeyValueStore rows) {
    private static final byte[] HEADS = Bytes.utf8("heads");

    public static ClusterStores open(ShardStorage storage) {
        return new ClusterStores(storage.open(StateNames.CLUSTERS), storage.open(StateNames.CLUSTER_ROWS));
    }

    /** Returns the ids of the indexes of which anything is in state. */
    public List<Long> indexes() {
        List<Long> ids = new ArrayList<>();
        Cursor cursor = clusters.scan(HEADS);
        while (cursor.next()) {
            ids.add(Bytes.toLong(cursor.key(), 0));
        }
        return ids;
    }

    byte @Nullable [] head(long indexId) {
        return clusters.get(HEADS, Bytes.ofLong(indexId));
    }

    void putHead(long indexId, byte[] head) {
        clusters.put(HEADS, Bytes.ofLong(indexId), head);
    }

    /** Returns the entries of rows of an index that was dropped, to be removed in slices. */
    public Dropped dropped(long indexId) {
        return new Dropped(indexId, rows.scan(Namespaces.of(indexId)));
    }

    /** What an index that was dropped left behind. */
    public final class Dropped {
        private final long indexId;
        private final Cursor entries;

        private Dropped(long indexId, Cursor entries) {
            this.indexId = indexId;
            this.entries = entries;
        }

        /** Removes at most {@code entriesMax} entries and returns whether more are left; the head goes last. */
        public boolean removeSome(int entriesMax) {
            byte[] namespace = Namespaces.of(indexId);
            for (int i = 0; i < entriesMax; i++) {
                if (!entries.next()) {
                    clusters.clear(namespace);
                    clusters.remove(HEADS, Bytes.ofLong(indexId));
                    return false;
                }
                rows.remove(namespace, entries.key());
            }
            return true;
        }
    }
}
