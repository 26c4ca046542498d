package io.millrace.index.shard;

import io.millrace.index.cluster.ClusterStores;
import io.millrace.index.cluster.RowClusters;
import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RowDraft;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The clusters of all vector indexes of one shard. */
final class ShardClusters {
    /** Rows that one background step takes in, or takes out. */
    private static final int STEP = 64;

    private final int shard;
    private final int clusters;
    private final ClusterStores stores;
    private final DocumentStore documents;
    private final Map<Long, RowClusters> byIndex = new TreeMap<>();
    private final Map<Long, List<RowClusters>> byCollection = new HashMap<>();
    private final Map<Long, ClusterStores.Dropped> dropped = new TreeMap<>();
    private final Set<Long> stored;

    /** @param clusters that the job tells apart in the vectors of an index; 0 to keep none */
    ShardClusters(int shard, int clusters, ClusterStores stores, DocumentStore documents) {
        this.shard = shard;
        this.clusters = clusters;
        this.stores = stores;
        this.documents = documents;
        stored = new HashSet<>(stores.indexes());
    }

    /** Takes the indexes of a new catalog version; what is kept of those that are gone is removed in the background. */
    void bind(BoundCatalog catalog) {
        byCollection.clear();
        Set<Long> defined = new HashSet<>();
        if (clusters > 0) {
            for (VectorIndexDefinition index : catalog.catalog().vectorIndexes().values()) {
                CollectionBinding collection = catalog.collection(index.collection());
                if (collection != null) {
                    defined.add(index.id());
                    attach(index, collection);
                }
            }
        }
        byIndex.keySet().retainAll(defined);
        for (long id : stored) {
            if (id < catalog.catalog().version() && !defined.contains(id)) {
                dropped.computeIfAbsent(id, stores::dropped);
            }
        }
    }

    private void attach(VectorIndexDefinition index, CollectionBinding collection) {
        RowClusters rows = byIndex.get(index.id());
        if (rows == null) {
            rows = new RowClusters(shard, stores, documents, index, collection, clusters);
            byIndex.put(index.id(), rows);
            stored.add(index.id());
            // One on an empty collection is done at once.
            rows.fill(1);
        } else {
            rows.bind(collection);
        }
        byCollection.computeIfAbsent(collection.id(), id -> new ArrayList<>()).add(rows);
    }

    /** Returns how many clusters the job tells apart; 0 if none are kept. */
    int clusters() {
        return clusters;
    }

    @Nullable RowClusters get(long indexId) {
        return byIndex.get(indexId);
    }

    /**
     * Takes over the vectors of a row.
     *
     * @param whole whether a field that the event does not name has no vector now
     */
    void changed(CollectionBinding collection, byte[] key, RowDraft draft, boolean whole) {
        List<RowClusters> all = byCollection.get(collection.id());
        for (int i = 0; all != null && i < all.size(); i++) {
            RowClusters rows = all.get(i);
            float[] vector = draft.vector(rows.ordinal());
            if (vector != null || whole || draft.named(rows.ordinal())) {
                rows.changed(key, vector);
            }
        }
    }

    void deleted(CollectionBinding collection, byte[] key) {
        List<RowClusters> all = byCollection.get(collection.id());
        for (int i = 0; all != null && i < all.size(); i++) {
            all.get(i).changed(key, null);
        }
    }

    /** Returns whether {@link #runStep} has something to do. */
    boolean hasWork() {
        if (!dropped.isEmpty()) {
            return true;
        }
        for (RowClusters rows : byIndex.values()) {
            if (rows.isFilling()) {
                return true;
            }
        }
        return false;
    }

    /** Takes in some rows that were there before their index, or removes some of an index that is gone. */
    void runStep() {
        for (RowClusters rows : byIndex.values()) {
            if (rows.fill(STEP)) {
                return;
            }
        }
        if (!dropped.isEmpty()) {
            Map.Entry<Long, ClusterStores.Dropped> first =
                    dropped.entrySet().iterator().next();
            if (!first.getValue().removeSome(STEP)) {
                dropped.remove(first.getKey());
                stored.remove(first.getKey());
            }
        }
    }

    void flush() {
        byIndex.values().forEach(RowClusters::flush);
    }
}
