package io.millrace.index.vector;

/**
 * A fixed orthogonal map that spreads what a few components hold over all of them: twice random signs, a Walsh-Hadamard
 * transform in blocks, and a shuffle. Distances stay; afterwards one range suits every component, also of embeddings that
 * have some components much larger than the rest.
 */
final class Rotation {
    private static final GraphKernel KERNEL = GraphKernels.KERNEL;
    private static final int ROUNDS = 2;

    private final int length;
    private final float[][] signs = new float[ROUNDS][];
    /** Where each component comes from in the shuffle. */
    private final int[] from;

    /** @param length a multiple of {@link GraphKernel#STRIDE} */
    Rotation(int length) {
        this.length = length;
        from = shuffle(length);
        long bits = 0x9E3779B97F4A7C15L;
        for (int round = 0; round < ROUNDS; round++) {
            signs[round] = new float[length];
            for (int i = 0; i < length; i++) {
                bits ^= bits << 13;
                bits ^= bits >>> 7;
                bits ^= bits << 17;
                signs[round][i] = bits < 0 ? -1 : 1;
            }
        }
    }

    private static int[] shuffle(int length) {
        int step = length / 2 + 1 | 1;
        while (gcd(step, length) != 1) {
            step += 2;
        }
        int[] from = new int[length];
        int at = 0;
        for (int i = 0; i < length; i++) {
            from[at] = i;
            at = (at + step) % length;
        }
        return from;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Turns {@code vector}; {@code scratch} is of the same length, and holds the result when it returns. */
    void apply(float[] vector, float[] scratch) {
        for (int round = 0; round < ROUNDS; round++) {
            float[] sign = signs[round];
            for (int i = 0; i < length; i++) {
                vector[i] *= sign[i];
            }
            for (int start = 0; start < length; ) {
                int block = Integer.highestOneBit(length - start);
                transform(vector, start, block);
                start += block;
            }
            for (int i = 0; i < length; i++) {
                scratch[i] = vector[from[i]];
            }
            System.arraycopy(scratch, 0, vector, 0, length);
        }
    }

    /** Transforms a block of at least eight: three steps at once in registers, the others each in a pass. */
    private static void transform(float[] vector, int start, int block) {
        float scale = (float) (1 / Math.sqrt(block));
        for (int i = start; i < start + block; i += 8) {
            transformEight(vector, i, scale);
        }
        for (int half = 8; half < block; half *= 2) {
            for (int i = start; i < start + block; i += 2 * half) {
                KERNEL.addAndSubtract(vector, i, half);
            }
        }
    }

    private static void transformEight(float[] vector, int at, float scale) {
        float a0 = vector[at] * scale;
        float a1 = vector[at + 1] * scale;
        float a2 = vector[at + 2] * scale;
        float a3 = vector[at + 3] * scale;
        float a4 = vector[at + 4] * scale;
        float a5 = vector[at + 5] * scale;
        float a6 = vector[at + 6] * scale;
        float a7 = vector[at + 7] * scale;
        float b0 = a0 + a1;
        float b1 = a0 - a1;
        float b2 = a2 + a3;
        float b3 = a2 - a3;
        float b4 = a4 + a5;
        float b5 = a4 - a5;
        float b6 = a6 + a7;
        float b7 = a6 - a7;
        a0 = b0 + b2;
        a1 = b1 + b3;
        a2 = b0 - b2;
        a3 = b1 - b3;
        a4 = b4 + b6;
        a5 = b5 + b7;
        a6 = b4 - b6;
        a7 = b5 - b7;
        vector[at] = a0 + a4;
        vector[at + 1] = a1 + a5;
        vector[at + 2] = a2 + a6;
        vector[at + 3] = a3 + a7;
        vector[at + 4] = a0 - a4;
        vector[at + 5] = a1 - a5;
        vector[at + 6] = a2 - a6;
        vector[at + 7] = a3 - a7;
    }
}
