package io.millrace.index.vector;

import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.KeyValueStore;
import io.millrace.protocol.catalog.Metric;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of an index as they came, for exact scores: in memory, or only in state. Those that changed are written to
 * state later.
 */
final class FullVectors {
    private final HnswStore store;
    private final int dimension;
    private final Metric metric;
    private final SlotSet dirty = new SlotSet();
    private final float[] read;
    private @Nullable FloatSpace memory;

    /** Not yet written, while vectors are not in memory. */
    private final Map<Integer, float[]> unwritten = new HashMap<>();

    FullVectors(HnswStore store, Metric metric, int dimension) {
        this.store = store;
        this.metric = metric;
        this.dimension = dimension;
        read = new float[dimension];
    }

    /** Keeps vectors in this memory also. */
    void keepIn(FloatSpace newMemory) {
        memory = newMemory;
    }

    /** Keeps pictures of these slots and of those set from now on, if vectors are in memory. */
    void sketch(Frame frame, int[] slots) {
        if (memory != null) {
            memory.sketch(frame, slots);
        }
    }

    /** Keeps codes of these slots and of those set from now on, to find the way by, if vectors are in memory. */
    void guideBy(ScalarQuantizer quantizer, int[] slots) {
        if (memory != null) {
            memory.guideBy(quantizer, slots);
        }
    }

    boolean inMemory() {
        return memory != null;
    }

    /** Keeps vectors in state only from now on. */
    void leaveMemory() {
        if (memory != null) {
            for (int slot : dirty.toArray()) {
                float[] vector = new float[dimension];
                memory.arena().get(slot, vector);
                unwritten.put(slot, vector);
            }
            memory = null;
        }
    }

    void set(int slot, float[] vector) {
        if (memory == null) {
            unwritten.put(slot, vector.clone());
        } else {
            memory.set(slot, vector);
        }
        dirty.add(slot);
    }

    /** Takes over a vector that was read from state. */
    void restore(int slot, float[] vector) {
        if (memory != null) {
            memory.set(slot, vector);
        }
    }

    void remove(int slot) {
        unwritten.remove(slot);
        dirty.add(slot);
    }

    double score(int slot, float[] query, double queryNorm) {
        if (memory != null) {
            FloatArena arena = memory.arena();
            float[] block = arena.block(slot);
            int offset = arena.offset(slot);
            return Distance.score(
                    metric, query, queryNorm, block, offset, Distance.norm(metric, block, offset, dimension));
        }
        get(slot, read);
        return Distance.score(metric, query, queryNorm, read, 0, Distance.norm(metric, read, 0, dimension));
    }

    void get(int slot, float[] vector) {
        if (memory != null) {
            memory.arena().get(slot, vector);
            return;
        }
        float[] fresh = unwritten.get(slot);
        if (fresh != null) {
            System.arraycopy(fresh, 0, vector, 0, dimension);
            return;
        }
        byte[] stored = store.vectors().get(store.namespace(), HnswFormat.key(slot));
        if (stored == null) {
            throw new IllegalStateException("node " + slot + " has no vector in state");
        }
        VectorFormat.decode(stored, vector);
    }

    /** Returns whether the slot's vector is this one, to the bit; known only while vectors are in memory. */
    boolean isEqual(int slot, float[] vector) {
        if (memory == null) {
            return true;
        }
        FloatArena arena = memory.arena();
        float[] block = arena.block(slot);
        int offset = arena.offset(slot);
        for (int i = 0; i < dimension; i++) {
            if (block[offset + i] != vector[i]) {
                return false;
            }
        }
        return true;
    }

    SlotSet dirty() {
        return dirty;
    }

    /** Writes one that changed. */
    void write(int slot, boolean live) {
        KeyValueStore vectors = store.vectors();
        byte[] key = HnswFormat.key(slot);
        if (!live) {
            vectors.remove(store.namespace(), key);
            return;
        }
        float[] vector = new float[dimension];
        get(slot, vector);
        vectors.put(store.namespace(), key, VectorFormat.encode(vector));
        unwritten.remove(slot);
    }

    long memoryBytes() {
        return memory == null ? (long) unwritten.size() * (dimension * Float.BYTES + 64L) : memory.memoryBytes();
    }
}
