package io.millrace.index.vector;

import java.util.Arrays;

/**
 * Vectors of one dimension by slot, padded with zeros to whole SIMD registers. One thread writes; another may read slots
 * that were there when it took {@link #blocks}.
 */
final class FloatArena {
    private final int dimension;
    private final int stride;
    private final Blocks layout;
    private volatile float[][] blocks = new float[0][];
    private int capacity;

    FloatArena(int dimension) {
        this.dimension = dimension;
        stride = padded(dimension);
        layout = new Blocks(stride, Float.BYTES);
    }

    static int padded(int dimension) {
        return (dimension + GraphKernel.STRIDE - 1) / GraphKernel.STRIDE * GraphKernel.STRIDE;
    }

    int stride() {
        return stride;
    }

    int dimension() {
        return dimension;
    }

    Blocks layout() {
        return layout;
    }

    float[][] blocks() {
        return blocks;
    }

    /** Returns how many slots the blocks hold. */
    int capacity(float[][] of) {
        return layout.held(of.length, of.length == 0 ? 0 : of[of.length - 1].length);
    }

    float[] block(int slot) {
        return blocks[layout.block(slot)];
    }

    int offset(int slot) {
        return layout.offset(slot);
    }

    void set(int slot, float[] vector) {
        reserve(slot + 1);
        System.arraycopy(vector, 0, block(slot), offset(slot), dimension);
    }

    void get(int slot, float[] vector) {
        System.arraycopy(block(slot), offset(slot), vector, 0, dimension);
    }

    private void reserve(int slots) {
        if (slots <= capacity) {
            return;
        }
        capacity = layout.capacity(slots);
        float[][] grown = Arrays.copyOf(blocks, layout.count(capacity));
        for (int i = 0; i < grown.length; i++) {
            int length = layout.length(i, capacity);
            if (grown[i] == null || grown[i].length < length) {
                grown[i] = grown[i] == null ? new float[length] : Arrays.copyOf(grown[i], length);
            }
        }
        blocks = grown;
    }

    long memoryBytes() {
        return (long) capacity * stride * Float.BYTES;
    }
}
