package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Codes of seven bits: a quarter of the memory that a traversal touches, and about the distances of {@link FloatSpace}. */
final class CodeSpace implements Space {
    /** Variance of the difference of two codes, each of which is rounded, in squared units. */
    private static final double ROUNDING = 1 / 6.0;

    /** The spread of the square of such a difference. */
    private static final double SQUARED_ROUNDING = Math.sqrt(1 / 15.0 - 1 / 36.0);

    /** What a point may have beyond the range of codes, as a multiple of what rounding takes from it. */
    private static final double BEYOND_MAX = 4;

    /** Of the error of codes: whoever seems to be farther by so many is passed over by an insert. */
    private static final float SPREADS = 2;

    /** Of the error of codes: so much nearer than codes say somebody may be. */
    private static final float SPREADS_MAX = 3;

    private static final GraphKernel KERNEL = GraphKernels.KERNEL;

    /** Up to so many components it takes less time to measure codes than to look at pictures and measure the rest. */
    private static final int GUIDE_MAX = 256;

    private final Metric metric;
    private final ScalarQuantizer quantizer;
    private final int length;
    private final float unitSquared;
    private final Blocks layout;
    private final @Nullable Sketches sketches;
    private volatile byte[][] blocks = new byte[0][];
    private volatile float[] squaredNorms = new float[16];
    private int capacity;

    /**
     * Returns whether searches of a float index are quickest by codes, with vector instructions.
     *
     * @param length components of a turned vector
     */
    static boolean mayGuide(int length) {
        return length <= GUIDE_MAX;
    }

    /** Returns whether they are on this machine: without vector instructions pictures are quicker. */
    static boolean guides(int length) {
        return mayGuide(length) && Distance.hasVectorModule();
    }

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
    public CodeProbe probe() {
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

    final class CodeProbe extends Probe {
        private final ScalarQuantizer encoder = quantizer.copy();
        private final short[] point = new short[length];
        private byte[][] seen = blocks;
        private float[] norms = squaredNorms;
        private float pointNorm;
        private int limit;
        private final Sketches.@Nullable Look look = sketches == null ? null : sketches.look();
        private final float[] turned = new float[look == null ? 0 : length];
        private boolean looksFromPoint;

        private final int[] one = new int[1];
        private final float[] oneDistance = new float[1];
        private float[] distances = new float[64];

        /** By how much codes take the square of a distance for more, on the average. */
        private final float mean = (float) (length * unitSquared * ROUNDING);

        /** By how much one spread of error changes the square, for each unit of the distance. */
        private final float spreadOfLength = (float) (2 * Math.sqrt(unitSquared * ROUNDING));

        private final float spreadOfZero = (float) (unitSquared * SQUARED_ROUNDING * Math.sqrt(length));

        /** Keeps the compiler from leaving out what the kernel reads ahead. */
        private int ahead;

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

        @Override
        int readAhead(long[] candidates, int count) {
            int sum = 0;
            for (int i = 0; i < count; i++) {
                int slot = Candidates.slot(candidates[i]);
                byte[] block = seen[layout.block(slot)];
                int from = layout.offset(slot);
                for (int line = from; line < from + length; line += GraphKernel.CACHE_LINE) {
                    sum += block[line];
                }
            }
            return sum;
        }

        void aim(float[] vector) {
            looksFromPoint = false;
            encoder.encode(vector, point);
            pointNorm = (float) Distance.squaredNormOfIp(metric, vector);
        }

        @Override
        void aim(int slot) {
            looksFromPoint = false;
            KERNEL.widen(seen[layout.block(slot)], layout.offset(slot), length, point);
            pointNorm = metric == Metric.IP ? norms[slot] : 0;
        }

        @Override
        float distance(int slot) {
            one[0] = slot;
            measure(one, 0, 1, oneDistance);
            return oneDistance[0];
        }

        @Override
        boolean hasPictures() {
            return look != null;
        }

        @Override
        boolean mayErr() {
            return look == null && metric != Metric.IP; // There the error depends on the length of who is measured.
        }

        @Override
        float seeming(float distance) {
            if (!mayErr()) {
                return Float.POSITIVE_INFINITY;
            }
            return metric == Metric.L2
                    ? distance + SPREADS * spread(distance)
                    : distance + SPREADS * spread(2 + 2 * distance) / 2;
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
            measure(slots, 0, count, out);
        }

        @Override
        void distances4(int[] slots, int at, int last, float[] out) {
            measure(slots, at, Math.min(4, last - at + 1), out);
        }

        private void measure(int[] slots, int at, int count, float[] out) {
            ahead = KERNEL.squaredL2(point, seen, layout, slots, at, count, length, out);
            toMetric(slots, at, count, out);
        }

        /** Returns whether codes can tell about the point: it lies within their range. */
        boolean tells() {
            return encoder.squaredBeyond() <= BEYOND_MAX * length * unitSquared * ROUNDING / 2;
        }

        /**
         * Returns what the distance of a slot, by codes {@code distance}, is not below, as far as so many spreads of the error
         * of codes reach. What was cut at the range only seems nearer.
         */
        float least(int slot, float distance, float spreads) {
            float squared = switch (metric) {
                case L2 -> distance;
                case COSINE -> 2 + 2 * distance;
                case IP -> 2 * distance + norms[slot] + pointNorm;
            };
            float error = mean + spreads * spread(squared);
            return metric == Metric.L2 ? distance - error : distance - error / 2;
        }

        /** Returns whether somebody is farther than {@code distance} whatever the error of codes. */
        boolean isBehind(long candidate, float distance) {
            return least(Candidates.slot(candidate), Candidates.distance(candidate), SPREADS_MAX) > distance;
        }

        /**
         * Returns false if to codes all of the beam are about as near, or the last of it tie, an eighth of it or two: then
         * others that were not found may be nearer.
         */
        boolean tellsApart(SearchScratch found) {
            long[] beam = found.beam;
            int last = found.beamSize - 1;
            return isBehind(beam[last], Candidates.distance(beam[0]))
                    && Candidates.distance(beam[last - Math.max(1, last / 8)]) < Candidates.distance(beam[last]);
        }

        /** Returns one spread of the error of a squared distance. */
        private float spread(float squared) {
            return spreadOfLength * (float) Math.sqrt(Math.max(0, squared)) + spreadOfZero;
        }

        /** Moves the slots that may be nearer than {@code worst} by full precision to the front, and returns how many. */
        int promising(int[] slots, int count, float worst, float spreads) {
            if (distances.length < count) {
                distances = new float[Math.max(count, distances.length * 2)];
            }
            distances(slots, count, distances);
            float most = most(worst, spreads);
            int promising = 0;
            for (int i = 0; i < count; i++) {
                int slot = slots[i];
                slots[promising] = slot;
                float room = metric == Metric.IP ? worst - least(slot, distances[i], spreads) : most - distances[i];
                // Without a branch: it would be guessed wrong. A bound that is no number lets all pass.
                promising += 1 - (Float.floatToIntBits(room) >>> 31);
            }
            return promising;
        }

        /** Returns the greatest distance of which {@link #least} is not above {@code worst}, but for ip. */
        private float most(float worst, float spreads) {
            float squared = (metric == Metric.L2 ? worst : 2 + 2 * worst) + mean + spreads * spreadOfZero;
            float half = spreads * spreadOfLength / 2;
            float length = half + (float) Math.sqrt(half * half + squared);
            return metric == Metric.L2 ? length * length : length * length / 2 - 1;
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
