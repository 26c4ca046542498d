package io.millrace.index.vector;

/**
 * A fixed orthogonal map that spreads what a few components hold over all of them: twice random signs, a Walsh-Hadamard
 * transform in blocks, and a shuffle. Distances stay; afterwards one range suits every component, also of embeddings that
 * have some components much larger than the rest.
 */
final class Rotation {
    private static final int ROUNDS = 2;

    private final int length;
    private final float[][] signs = new float[ROUNDS][];
    private final int step;

    /** @param length a multiple of {@link GraphKernel#STRIDE} */
    Rotation(int length) {
        this.length = length;
        step = coprime(length);
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

    private static int coprime(int length) {
        int step = length / 2 + 1 | 1;
        while (gcd(step, length) != 1) {
            step += 2;
        }
        return step;
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
            for (int from = 0; from < length; ) {
                int block = Integer.highestOneBit(length - from);
                transform(vector, from, block);
                from += block;
            }
            int at = 0;
            for (int i = 0; i < length; i++) {
                scratch[at] = vector[i];
                at += step;
                at = at >= length ? at % length : at;
            }
            System.arraycopy(scratch, 0, vector, 0, length);
        }
    }

    private static void transform(float[] vector, int from, int block) {
        for (int half = 1; half < block; half *= 2) {
            for (int i = from; i < from + block; i += 2 * half) {
                for (int j = i; j < i + half; j++) {
                    float a = vector[j];
                    float b = vector[j + half];
                    vector[j] = a + b;
                    vector[j + half] = a - b;
                }
            }
        }
        float scale = (float) (1 / Math.sqrt(block));
        for (int i = from; i < from + block; i++) {
            vector[i] *= scale;
        }
    }
}
