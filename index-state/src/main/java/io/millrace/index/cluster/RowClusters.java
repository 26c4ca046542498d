package io.millrace.index.cluster;

import io.millrace.index.cluster.ClusterFormat.Head;
import io.millrace.index.cluster.ClusterModel.Slot;
import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.Namespaces;
import io.millrace.index.vector.Distance;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which cluster each row of one shard is in by its vector of one index: in state by key, so that the sizes are exactly
 * those of the live rows that have such a vector. The freshness mode of the index has no say here.
 *
 * <p>Vectors are clustered in Euclidean distance, under cosine after they are made one long. The inner product is no
 * distance: its vectors are clustered as they are.
 */
public final class RowClusters {
    private static final Logger LOG = LoggerFactory.getLogger(RowClusters.class);

    /** There is no such row, or it has no vector. */
    public static final int NONE = -1;

    private final ClusterStores stores;
    private final DocumentStore documents;
    private final VectorIndexDefinition index;
    private final int shard;
    private final byte[] namespace;
    private final ClusterModel model;
    private final float[] scratch;
    private byte[][] entries = new byte[0][];
    private CollectionBinding collection;
    private int ordinal;
    private boolean filled;
    private boolean headDirty;
    private @Nullable Cursor filling;

    /** A cluster of this shard that has rows. */
    public record Cluster(int label, long size, float[] centroid) {}

    /**
     * Reads what is in state; where nothing is, {@link #fill} has rows to take in.
     *
     * @param clusters how many the whole job is to tell apart
     */
    public RowClusters(
            int shard,
            ClusterStores stores,
            DocumentStore documents,
            VectorIndexDefinition index,
            CollectionBinding collection,
            int clusters) {
        this.shard = shard;
        this.stores = stores;
        this.documents = documents;
        this.index = index;
        this.collection = collection;
        ordinal = collection.ordinal(index.field());
        namespace = Namespaces.of(index.id());
        model = new ClusterModel(index.dimension(), clusters);
        scratch = new float[index.dimension()];
        byte[] head = stores.head(index.id());
        headDirty = head == null;
        if (head != null) {
            read(ClusterFormat.readHead(head));
        }
    }

    private void read(Head head) {
        for (int slot = 0; slot < head.slots(); slot++) {
            byte[] stored = stores.clusters().get(namespace, place(slot));
            if (stored == null) {
                throw new IllegalStateException("index " + index.id() + " has no cluster " + slot + " in state");
            }
            model.restore(ClusterFormat.readSlot(stored));
        }
        model.restore(head.progress());
        filled = head.filled();
    }

    private static byte[] place(int slot) {
        byte[] place = new byte[Integer.BYTES];
        Bytes.putInt(place, 0, slot);
        return place;
    }

    /** Takes over what a new catalog version says of the collection. */
    public void bind(CollectionBinding newCollection) {
        collection = newCollection;
        ordinal = newCollection.ordinal(index.field());
    }

    public int ordinal() {
        return ordinal;
    }

    public CollectionBinding collection() {
        return collection;
    }

    public Metric metric() {
        return index.metric();
    }

    /** Takes over the vector that a row has now; null for none. */
    public void changed(byte[] key, float @Nullable [] vector) {
        byte[] entry = stores.rows().get(namespace, key);
        int before = entry == null ? NONE : ClusterFormat.label(entry);
        if (before != NONE) {
            model.remove(before);
        }
        if (vector != null) {
            put(key, vector, before);
        } else if (before != NONE) {
            stores.rows().remove(namespace, key);
        }
    }

    private void put(byte[] key, float[] vector, int before) {
        int label = model.add(inSpace(vector));
        if (label != before) {
            stores.rows().put(namespace, key, entry(label));
        }
    }

    /** Returns the bytes of the label, which all its rows share. */
    private byte[] entry(int label) {
        if (label >= entries.length) {
            entries = Arrays.copyOf(entries, Math.max(label + 1, 2 * entries.length));
        }
        byte[] entry = entries[label];
        if (entry == null) {
            entry = ClusterFormat.entry(label);
            entries[label] = entry;
        }
        return entry;
    }

    /** Returns the vector where it is clustered; valid until the next call. */
    public float[] inSpace(float[] vector) {
        if (index.metric() != Metric.COSINE) {
            return vector;
        }
        double norm = Distance.norm(Metric.COSINE, vector, 0, vector.length);
        for (int i = 0; i < vector.length; i++) {
            scratch[i] = norm == 0 ? 0 : (float) (vector[i] / norm);
        }
        return scratch;
    }

    /**
     * Takes in rows that were there before: at most {@code rowsMax}; returns whether more are left. One that was written
     * since is in already.
     */
    public boolean fill(int rowsMax) {
        if (filled) {
            return false;
        }
        Cursor vectors = filling == null ? documents.scanVectors(collection, ordinal) : filling;
        filling = vectors;
        for (int i = 0; i < rowsMax; i++) {
            if (!vectors.next()) {
                endFill();
                return false;
            }
            byte[] key = vectors.key();
            // What the cursor gives may be gone.
            float[] vector =
                    stores.rows().get(namespace, key) == null ? documents.vector(collection, ordinal, key) : null;
            if (vector != null) {
                put(key, vector, NONE);
            }
        }
        return true;
    }

    private void endFill() {
        filled = true;
        filling = null;
        headDirty = true;
        long rows = clusters().stream().mapToLong(Cluster::size).sum();
        if (rows > 0) {
            LOG.info("Vector index \"{}\" on shard {}: {} rows are in clusters now", index.name(), shard, rows);
        }
    }

    /** Returns whether {@link #fill} has more to do. */
    public boolean isFilling() {
        return !filled;
    }

    /** Returns the clusters that have rows. */
    public List<Cluster> clusters() {
        List<Cluster> clusters = new ArrayList<>();
        for (int place = 0; place < model.slots(); place++) {
            Slot slot = model.slot(place);
            if (slot.size() > 0) {
                clusters.add(new Cluster(slot.label(), slot.size(), slot.centroid()));
            }
        }
        return clusters;
    }

    /** Returns the label of the row's cluster, or {@link #NONE}. */
    public int label(byte[] key) {
        byte[] entry = stores.rows().get(namespace, key);
        return entry == null ? NONE : model.resolve(ClusterFormat.label(entry));
    }

    /** Steps over the rows that are in a cluster. */
    public final class Rows {
        private final Cursor cursor = stores.rows().scan(namespace);

        public boolean next() {
            return cursor.next();
        }

        public byte[] key() {
            return cursor.key();
        }
    }

    public Rows rows() {
        return new Rows();
    }

    /** Returns the vector that the row has now, or null. */
    public float @Nullable [] vector(byte[] key) {
        return documents.vector(collection, ordinal, key);
    }

    /** Writes what state does not have yet; called before every barrier. */
    public void flush() {
        if (model.isDirty() || headDirty) {
            model.drainDirty(
                    slot -> stores.clusters().put(namespace, place(slot), ClusterFormat.slot(model.slot(slot))));
            stores.putHead(index.id(), ClusterFormat.head(new Head(filled, model.slots(), model.progress())));
            headDirty = false;
        }
    }
}
