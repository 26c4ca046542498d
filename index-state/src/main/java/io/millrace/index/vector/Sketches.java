package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;

/**
 * Rough pictures of vectors, of a bit or two a component, from which a search tells that a vector is too far away without
 * reading it (RaBitQ: Gao, Long 2024). The error of a distance from a picture has a known spread; a vector is passed over
 * only if it would be too far even with {@link #SPREADS} spreads in its favour.
 *
 * <p>A picture is of a vector as its {@link Frame} turns it: a head of four numbers, and a plane for each bit. With a query
 * of four bits a component a product is a sum of counts of bits. One thread writes; others may look meanwhile.
 */
final class Sketches {
    private static final double SPREADS = 2;

    /** As much of them where one that is nearer and passed over is missed less. */
    private static final float AT_HOME = 0.625f;

    /** From vectors of so many bytes on, a look at a picture takes less time than measuring, with vector instructions. */
    private static final int PAY_FROM_BYTES = 512;

    /** Without them what counts is components, whatever they take. */
    private static final int PAY_FROM_SCALAR = 64;

    /** Words of a picture that are no planes. */
    private static final int HEAD = 2;

    private static final int CACHE_LINE = 64 / Long.BYTES;

    private static final int QUERY_BITS = 4;
    private static final int QUERY_TOP = (1 << QUERY_BITS) - 1;

    /** Up to here a component has two bits: with few components errors even out less. */
    private static final int TWO_BITS_MAX = 256;

    /** The best step between four levels of components that are normal, of a spread of one (Max 1960). */
    private static final double STEP_OF_TWO = 0.9957;

    /** By bits, the share of the square of such components that their levels lack. */
    private static final double[] LOST = {0, 0.3634, 0.1175};

    private final Metric metric;
    private final int length;
    private final int bits;
    private final int words;
    private final int stride;
    private final Blocks layout;
    private volatile long[][] blocks = new long[0][];
    private int capacity;

    /**
     * Returns whether pictures make searches quicker.
     *
     * @param length components of a turned vector
     * @param elementBytes of a component as it is measured
     */
    static boolean pay(int length, int elementBytes) {
        return Distance.hasVectorModule() ? length * elementBytes >= PAY_FROM_BYTES : length >= PAY_FROM_SCALAR;
    }

    /** @param length components of a turned vector */
    Sketches(Metric metric, int length) {
        this.metric = metric;
        this.length = length;
        bits = length <= TWO_BITS_MAX ? 2 : 1;
        words = (length + Long.SIZE - 1) / Long.SIZE;
        stride = stride(HEAD + words * bits);
        layout = new Blocks(stride, Long.BYTES);
    }

    /** Lets every picture begin on a cache line if that takes at most a third more. */
    private static int stride(int used) {
        int whole = (used + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        return whole - used <= used / 3 ? whole : used;
    }

    /**
     * Takes the picture of a vector. Levels are half a step to either side of zero, and one and a half where there are two
     * bits; a component's code is the number of its level from below.
     *
     * @param squaredNorm of the vector as it came, under ip
     */
    void set(int slot, float[] turned, double squaredNorm) {
        reserve(slot + 1);
        long[] block = blocks[layout.block(slot)];
        int at = layout.offset(slot);
        double squared = squared(turned);
        float step = bits == 1 ? Float.POSITIVE_INFINITY : (float) (STEP_OF_TWO * Math.sqrt(squared / length));
        double product = 0;
        int codes = 0;
        int outside = 0;
        for (int word = 0; word < words; word++) {
            int from = word * Long.SIZE;
            int to = Math.min(length, from + Long.SIZE);
            long positive = 0;
            long outer = 0;
            // Two sums, for each addition waits for the one before.
            float even = 0;
            float odd = 0;
            for (int i = from; i < to; i += 2) {
                float first = Math.abs(turned[i]);
                float second = Math.abs(turned[i + 1]);
                int isOuter = 1 ^ Float.floatToRawIntBits(first - step) >>> 31;
                int isNextOuter = 1 ^ Float.floatToRawIntBits(second - step) >>> 31;
                positive |= (long) (~Float.floatToRawIntBits(turned[i]) >>> 31) << i;
                positive |= (long) (~Float.floatToRawIntBits(turned[i + 1]) >>> 31) << i + 1;
                outer |= (long) isOuter << i | (long) isNextOuter << i + 1;
                even += first * (0.5f + isOuter);
                odd += second * (0.5f + isNextOuter);
            }
            product += even + odd;
            outside += Long.bitCount(outer);
            int plane = at + HEAD + word;
            if (bits == 2) {
                long used = to - from == Long.SIZE ? -1 : (1L << to - from) - 1;
                block[plane] = ~(positive ^ outer) & used;
                codes += Long.bitCount(block[plane]);
                plane += words;
            }
            block[plane] = positive;
            codes += bits * Long.bitCount(positive);
        }
        double factor = product > 0 ? 2 * squared / product : 0;
        double base = metric == Metric.IP ? squared - squaredNorm : squared;
        double error = factor * Math.sqrt((length / 4.0 + 2 * outside) / length);
        writeHead(block, at, base, factor, factor * codes, error);
    }

    private static double squared(float[] turned) {
        double squared = 0;
        for (int from = 0; from < turned.length; from += GraphKernel.STRIDE) {
            float sum = 0;
            for (int i = from; i < from + GraphKernel.STRIDE; i++) {
                sum += turned[i] * turned[i];
            }
            squared += sum;
        }
        return squared;
    }

    private static void writeHead(long[] block, int at, double base, double factor, double sum, double error) {
        // What is too large to be judged is never too far.
        boolean fits = Double.isFinite(base) && Math.abs(base) + sum + error <= Float.MAX_VALUE;
        block[at] = pair(fits ? (float) base : Float.NEGATIVE_INFINITY, fits ? (float) factor : 0);
        block[at + 1] = fits ? pair((float) sum, (float) error) : 0;
    }

    private static long pair(float high, float low) {
        return (long) Float.floatToRawIntBits(high) << Integer.SIZE | Float.floatToRawIntBits(low) & 0xffffffffL;
    }

    private void reserve(int slots) {
        if (slots <= capacity) {
            return;
        }
        capacity = layout.capacity(slots);
        long[][] grown = Arrays.copyOf(blocks, layout.count(capacity));
        for (int i = 0; i < grown.length; i++) {
            int size = layout.length(i, capacity);
            if (grown[i] == null || grown[i].length < size) {
                grown[i] = grown[i] == null ? new long[size] : Arrays.copyOf(grown[i], size);
            }
        }
        blocks = grown;
    }

    long memoryBytes() {
        return (long) capacity * stride * Long.BYTES;
    }

    Look look() {
        return new Look();
    }

    /** A point from which pictures are looked at. Each thread has its own. */
    final class Look {
        private final long[] planes = new long[words * QUERY_BITS];
        private long[][] seen = blocks;
        private float[] bounds = new float[64];
        private boolean judges;
        private float squared;
        private float squaredNorm;
        private float low;
        private float step;
        private float bias;
        private float spread;

        /** Keeps the compiler from leaving out {@link #touch}. */
        private long touched;

        /** Sees the pictures that there are now. */
        void refresh() {
            seen = blocks;
        }

        /**
         * Looks from the point of a turned vector.
         *
         * @param newSquaredNorm of the vector as it came, under ip
         */
        void from(float[] turned, float newSquaredNorm) {
            squaredNorm = newSquaredNorm;
            double exact = squared(turned);
            judges = exact <= Float.MAX_VALUE;
            if (!judges) {
                return;
            }
            float least = Float.MAX_VALUE;
            float most = -Float.MAX_VALUE;
            float sum = 0;
            for (float component : turned) {
                // Math.min and max take several times as long.
                least = component < least ? component : least;
                most = component > most ? component : most;
                sum += component;
            }
            squared = (float) exact;
            low = least;
            step = most > least ? (most - least) / QUERY_TOP : 1;
            bias = -sum * ((1 << bits) - 1) / 2;
            spread = (float) (SPREADS * Math.sqrt(exact * LOST[bits] + length * (double) step * step / 12));
            for (int word = 0; word < words; word++) {
                slice(turned, word);
            }
        }

        private void slice(float[] turned, int word) {
            float inverse = 1 / step;
            int from = word * Long.SIZE;
            int to = Math.min(length, from + Long.SIZE);
            long p0 = 0;
            long p1 = 0;
            long p2 = 0;
            long p3 = 0;
            for (int i = from; i < to; i++) {
                long code = (int) ((turned[i] - low) * inverse + 0.5f);
                p0 |= (code & 1) << i;
                p1 |= (code >>> 1 & 1) << i;
                p2 |= (code >>> 2 & 1) << i;
                p3 |= (code >>> 3) << i;
            }
            int at = word * QUERY_BITS;
            planes[at] = p0;
            planes[at + 1] = p1;
            planes[at + 2] = p2;
            planes[at + 3] = p3;
        }

        /**
         * Moves the slots that may be nearer than {@code worst}, a distance as spaces measure it, to the front, in their
         * order, and returns how many.
         *
         * @param atHome whether others may stand for one that is passed over
         */
        int promising(int[] slots, int count, float worst, boolean atHome) {
            if (!judges) {
                return count;
            }
            if (bounds.length < count) {
                bounds = new float[Math.max(count, bounds.length * 2)];
            }
            touched = touch(slots, count);
            float allowed = atHome ? AT_HOME * spread : spread;
            if (words == 2 && bits == 2) {
                boundPairs(slots, count, allowed);
            } else {
                bound(slots, count, allowed);
            }
            float limit = squaredDistance(worst) - squared;
            int promising = 0;
            for (int i = 0; i < count; i++) {
                slots[promising] = slots[i];
                // Without a branch: it would be guessed wrong. A limit that is no number lets all pass.
                promising += 1 - (Float.floatToIntBits(limit - bounds[i]) >>> 31);
            }
            return promising;
        }

        /** Returns the squared distance of a distance; under ip less the square of the other vector's norm. */
        private float squaredDistance(float distance) {
            return switch (metric) {
                case L2 -> distance;
                case COSINE -> 2 + 2 * distance;
                case IP -> 2 * distance + squaredNorm;
            };
        }

        /** Asks for all lines of the pictures before they are needed: loads from memory then take the time of a few. */
        private long touch(int[] slots, int count) {
            long sum = 0;
            for (int i = 0; i < count; i++) {
                long[] block = seen[layout.block(slots[i])];
                int at = layout.offset(slots[i]);
                int last = at + stride - 1;
                sum += block[at] + block[last];
                for (int line = at + CACHE_LINE; line <= last - CACHE_LINE; line += CACHE_LINE) {
                    sum += block[line];
                }
            }
            return sum;
        }

        private void bound(int[] slots, int count, float allowed) {
            for (int i = 0; i < count; i++) {
                long[] block = seen[layout.block(slots[i])];
                int at = layout.offset(slots[i]);
                int product = product(block, at + HEAD);
                if (bits == 2) {
                    product += 2 * product(block, at + HEAD + words);
                }
                bounds[i] = leastDistance(block, at, product, allowed);
            }
        }

        /** Does as {@link #bound} for two planes of two words, without loops: it takes two thirds of the time. */
        private void boundPairs(int[] slots, int count, float allowed) {
            long p0 = planes[0];
            long p1 = planes[1];
            long p2 = planes[2];
            long p3 = planes[3];
            long q0 = planes[QUERY_BITS];
            long q1 = planes[QUERY_BITS + 1];
            long q2 = planes[QUERY_BITS + 2];
            long q3 = planes[QUERY_BITS + 3];
            for (int i = 0; i < count; i++) {
                long[] block = seen[layout.block(slots[i])];
                int at = layout.offset(slots[i]);
                long a = block[at + HEAD];
                long b = block[at + HEAD + 1];
                long c = block[at + HEAD + 2];
                long d = block[at + HEAD + 3];
                int s0 = Long.bitCount(a & p0) + Long.bitCount(b & q0);
                int s1 = Long.bitCount(a & p1) + Long.bitCount(b & q1) + Long.bitCount(c & p0) + Long.bitCount(d & q0);
                int s2 = Long.bitCount(a & p2) + Long.bitCount(b & q2) + Long.bitCount(c & p1) + Long.bitCount(d & q1);
                int s3 = Long.bitCount(a & p3) + Long.bitCount(b & q3) + Long.bitCount(c & p2) + Long.bitCount(d & q2);
                int s4 = Long.bitCount(c & p3) + Long.bitCount(d & q3);
                bounds[i] = leastDistance(block, at, s0 + 2 * s1 + 4 * s2 + 8 * s3 + 16 * s4, allowed);
            }
        }

        private float leastDistance(long[] block, int at, int product, float allowed) {
            long first = block[at];
            long second = block[at + 1];
            float base = Float.intBitsToFloat((int) (first >> Integer.SIZE));
            float factor = Float.intBitsToFloat((int) first);
            float codes = Float.intBitsToFloat((int) (second >> Integer.SIZE));
            float error = Float.intBitsToFloat((int) second);
            return base - factor * (step * product + bias) - low * codes - allowed * error;
        }

        /** Returns the product of a plane's bits with the codes of the query. */
        private int product(long[] block, int at) {
            int s0 = 0;
            int s1 = 0;
            int s2 = 0;
            int s3 = 0;
            for (int word = 0, plane = 0; word < words; word++, plane += QUERY_BITS) {
                long x = block[at + word];
                s0 += Long.bitCount(x & planes[plane]);
                s1 += Long.bitCount(x & planes[plane + 1]);
                s2 += Long.bitCount(x & planes[plane + 2]);
                s3 += Long.bitCount(x & planes[plane + 3]);
            }
            return s0 + 2 * s1 + 4 * s2 + 8 * s3;
        }
    }
}
