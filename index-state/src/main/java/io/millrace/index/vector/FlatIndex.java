package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Vectors side by side in memory, every one of them scored: exact. The slot of a removed vector is used again. The truth
 * is in state; this is rebuilt from it.
 */
public final class FlatIndex implements VectorIndex {
    /** With the header of an array a little below a megabyte, as {@link Blocks} says why. */
    private static final int BLOCK_FLOATS = (1 << 18) - 32;

    private final int dimension;
    private final int slotsPerBlock;
    private final List<float[]> blocks = new ArrayList<>();
    private final List<@Nullable String> keys = new ArrayList<>();
    private final Map<String, Integer> slots = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private double[] norms = new double[0];
    private long[] born = new long[0];
    private long changes;

    public FlatIndex(int dimension) {
        this.dimension = dimension;
        slotsPerBlock = Math.max(1, BLOCK_FLOATS / dimension);
    }

    @Override
    public void put(String key, float[] vector) {
        Integer slot = slots.get(key);
        if (slot == null) {
            slot = allocate(key);
        }
        System.arraycopy(vector, 0, block(slot), offset(slot), dimension);
        norms[slot] = Distance.norm(Metric.COSINE, vector, 0, dimension);
    }

    private int allocate(String key) {
        Integer reused = free.poll();
        int slot = reused == null ? keys.size() : reused;
        if (reused == null) {
            grow();
        }
        keys.set(slot, key);
        slots.put(key, slot);
        born[slot] = ++changes;
        return slot;
    }

    private void grow() {
        if (keys.size() == blocks.size() * slotsPerBlock) {
            blocks.add(new float[slotsPerBlock * dimension]);
            norms = Arrays.copyOf(norms, blocks.size() * slotsPerBlock);
            born = Arrays.copyOf(born, blocks.size() * slotsPerBlock);
        }
        keys.add(null);
    }

    @Override
    public void remove(String key) {
        Integer slot = slots.remove(key);
        if (slot != null) {
            keys.set(slot, null);
            free.push(slot);
        }
    }

    @Override
    public boolean contains(String key) {
        return slots.containsKey(key);
    }

    @Override
    public int size() {
        return slots.size();
    }

    @Override
    public long memoryBytes() {
        return (long) blocks.size() * slotsPerBlock * (Float.BYTES * (long) dimension + 24) + slots.size() * 80L;
    }

    @Override
    public VectorEngine engine() {
        return VectorEngine.FLAT;
    }

    @Override
    public void flush() {
        // The vectors are in state already.
    }

    private float[] block(int slot) {
        return blocks.get(slot / slotsPerBlock);
    }

    private int offset(int slot) {
        return slot % slotsPerBlock * dimension;
    }

    /** Starts a scan that scores every vector; it may be run in slices while others write. */
    public Scan scan(Metric metric, float[] query) {
        return new Scan(metric, query);
    }

    /** A scan over the vectors that were there when it began; one that is replaced meanwhile is seen old or new. */
    public final class Scan {
        private final Metric metric;
        private final float[] query;
        private final double queryNorm;
        private final long begun = changes;
        private int next;

        private Scan(Metric metric, float[] query) {
            this.metric = metric;
            this.query = query;
            queryNorm = Distance.norm(metric, query, 0, dimension);
        }

        /** Gives at most {@code vectorsMax} further vectors and returns whether more are left. */
        public boolean run(int vectorsMax, ScoreSink sink) {
            int end = (int) Math.min(keys.size(), (long) next + vectorsMax);
            for (; next < end; next++) {
                String key = keys.get(next);
                if (key != null && born[next] <= begun) {
                    sink.accept(key, Distance.score(metric, query, queryNorm, block(next), offset(next), norms[next]));
                }
            }
            return next < keys.size();
        }
    }

    /** Takes scored keys. */
    @FunctionalInterface
    public interface ScoreSink {
        void accept(String key, double score);
    }
}
