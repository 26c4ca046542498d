package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Codes of seven bits: a quarter of the memory that a traversal touches, and about the distances of {@link FloatSpace}. */
final class CodeSpace implements Space {
    private static final int CACHE_LINE = 64;

    private static final GraphKernel KERNEL = GraphKernels.KERNEL;

    private final Metric metric;
    private final ScalarQuantizer quantizer;
    private final int length;
    private final float unitSquared;
    private final Blocks layout;
    private final @Nullable Sketches sketches;
    private volatile byte[][] blocks = new byte[0][];
    private volatile float[] squaredNorms = new float[16];
    private int capacity;

    CodeSpace(Metric metric, ScalarQuantizer quantizer) {
        this.metric = metric;
        this.quantizer = quantizer;
        length = quantizer.length();
        unitSquared = quantizer.unit() * quantizer.unit();
        layout = new Blocks(length, Byte.BYTES);
        sketches = Sketches.pay(length, Byte.BYTES) ? new Sketches(metric, length) : null;
    }

    @Override
    public void set(int slot, float[] vector) {
        reserve(slot + 1);
        double squaredNorm = Distance.squaredNormOfIp(metric, vector);
        if (metric == Metric.IP) {
            squaredNorms[slot] = (float) squaredNorm;
        }
        float[] turned = quantizer.encode(vector, blocks[layout.block(slot)], layout.offset(slot));
        if (sketches != null) {
            sketches.set(slot, turned, squaredNorm);
        }
    }

    private void reserve(int slots) {
        if (slots <= capacity) {
            return;
        }
        capacity = layout.capacity(slots);
        if (metric == Metric.IP) {
            squaredNorms = Arrays.copyOf(squaredNorms, capacity);
        }
        byte[][] grown = Arrays.copyOf(blocks, layout.count(capacity));
        for (int i = 0; i < grown.length; i++) {
            int size = layout.length(i, capacity);
            if (grown[i] == null || grown[i].length < size) {
                grown[i] = grown[i] == null ? new byte[size] : Arrays.copyOf(grown[i], size);
            }
        }
        blocks = grown;
    }

    /** Returns whether the vector would have the codes of the slot. */
    boolean hasCodes(int slot, float[] vector) {
        byte[] codes = new byte[length];
        quantizer.encode(vector, codes, 0);
        int from = layout.offset(slot);
        return Arrays.equals(codes, 0, length, blocks[layout.block(slot)], from, from + length);
    }

    @Override
    public Probe probe() {
        CodeProbe probe = new CodeProbe();
        probe.refresh();
        return probe;
    }

    @Override
    public void aim(Probe probe, float[] vector) {
        ((CodeProbe) probe).aim(vector);
    }

    @Override
    public void refresh(Probe probe) {
        ((CodeProbe) probe).refresh();
    }

    @Override
    public long memoryBytes() {
        return (long) capacity * length
                + (metric == Metric.IP ? (long) Float.BYTES * squaredNorms.length : 0)
                + (sketches == null ? 0 : sketches.memoryBytes());
    }

    private final class CodeProbe extends Probe {
        private final ScalarQuantizer encoder = quantizer.copy();
        private final short[] point = new short[length];
        private byte[][] seen = blocks;
        private float[] norms = squaredNorms;
        private float pointNorm;
        private int limit;
        private final Sketches.@Nullable Look look = sketches == null ? null : sketches.look();
        private final float[] turned = new float[look == null ? 0 : length];
        private boolean looksFromPoint;

        /** Keeps the compiler from leaving out {@link #touch}. */
        private int touched;

        void refresh() {
            seen = blocks;
            norms = squaredNorms;
            limit = layout.held(seen.length, seen.length == 0 ? 0 : seen[seen.length - 1].length);
            if (metric == Metric.IP) {
                limit = Math.min(limit, norms.length);
            }
            if (look != null) {
                look.refresh();
            }
        }

        @Override
        int limit() {
            return limit;
        }

        void aim(float[] vector) {
            looksFromPoint = false;
            encoder.encode(vector, point);
            pointNorm = (float) Distance.squaredNormOfIp(metric, vector);
        }

        @Override
        void aim(int slot) {
            looksFromPoint = false;
            byte[] block = seen[layout.block(slot)];
            int from = layout.offset(slot);
            for (int i = 0; i < length; i++) {
                point[i] = block[from + i];
            }
            pointNorm = metric == Metric.IP ? norms[slot] : 0;
        }

        @Override
        float distance(int slot) {
            float squared =
                    unitSquared * KERNEL.squaredL2(point, seen[layout.block(slot)], layout.offset(slot), length);
            return switch (metric) {
                case L2 -> squared;
                case COSINE -> squared / 2 - 1;
                case IP -> (squared - norms[slot] - pointNorm) / 2;
            };
        }

        @Override
        boolean hasPictures() {
            return look != null;
        }

        @Override
        int promising(int[] slots, int count, float worst, boolean atHome) {
            if (look == null) {
                return count;
            }
            if (!looksFromPoint) {
                encoder.decode(point, turned);
                look.from(turned, pointNorm);
                looksFromPoint = true;
            }
            return look.promising(slots, count, worst, atHome);
        }

        @Override
        void distances(int[] slots, int count, float[] out) {
            touched = touch(slots, count);
            for (int i = 0; i < count; i++) {
                int slot = slots[i];
                out[i] = KERNEL.squaredL2(point, seen[layout.block(slot)], layout.offset(slot), length);
            }
            toMetric(slots, 0, count, out);
        }

        /** Asks for all lines of the codes before they are needed: loads from memory then take the time of a few. */
        private int touch(int[] slots, int count) {
            int sum = 0;
            for (int i = 0; i < count; i++) {
                byte[] block = seen[layout.block(slots[i])];
                int from = layout.offset(slots[i]);
                int last = from + length - 1;
                sum += block[from] + block[last];
                for (int line = from + CACHE_LINE; line <= last - CACHE_LINE; line += CACHE_LINE) {
                    sum += block[line];
                }
            }
            return sum;
        }

        @Override
        void distances4(int[] slots, int at, int last, float[] out) {
            int count = Math.min(4, last - at + 1);
            for (int i = 0; i < count; i++) {
                int slot = slots[at + i];
                out[i] = KERNEL.squaredL2(point, seen[layout.block(slot)], layout.offset(slot), length);
            }
            toMetric(slots, at, count, out);
        }

        @Override
        double bestScore(int slot, float distance) {
            return metric.ascending() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }

        private void toMetric(int[] slots, int at, int count, float[] out) {
            if (metric == Metric.L2) {
                for (int i = 0; i < count; i++) {
                    out[i] *= unitSquared;
                }
            } else if (metric == Metric.COSINE) {
                for (int i = 0; i < count; i++) {
                    out[i] = out[i] * unitSquared / 2 - 1;
                }
            } else {
                for (int i = 0; i < count; i++) {
                    out[i] = (out[i] * unitSquared - norms[slots[at + i]] - pointNorm) / 2;
                }
            }
        }
    }
}
