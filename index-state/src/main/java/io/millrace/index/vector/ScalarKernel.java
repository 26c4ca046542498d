package io.millrace.index.vector;

/** The sums in plain Java; a variable a lane, for the compiler keeps variables in registers and array elements not. */
final class ScalarKernel implements Distance.Kernel {
    static final int LANES = 16;

    /** One array a thread: a new one for every pair is 80 bytes of garbage each. */
    private static final ThreadLocal<float[]> SCRATCH = ThreadLocal.withInitial(() -> new float[LANES]);

    /** Returns the thread's lanes, with whatever they held; they are free again when the sum is made. */
    static float[] lanes() {
        return SCRATCH.get();
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        int whole = dimension & -LANES;
        float lane0 = 0;
        float lane1 = 0;
        float lane2 = 0;
        float lane3 = 0;
        float lane4 = 0;
        float lane5 = 0;
        float lane6 = 0;
        float lane7 = 0;
        float lane8 = 0;
        float lane9 = 0;
        float lane10 = 0;
        float lane11 = 0;
        float lane12 = 0;
        float lane13 = 0;
        float lane14 = 0;
        float lane15 = 0;
        for (int i = 0; i < whole; i += LANES) {
            int p = aOffset + i;
            int q = bOffset + i;
            lane0 += a[p] * b[q];
            lane1 += a[p + 1] * b[q + 1];
            lane2 += a[p + 2] * b[q + 2];
            lane3 += a[p + 3] * b[q + 3];
            lane4 += a[p + 4] * b[q + 4];
            lane5 += a[p + 5] * b[q + 5];
            lane6 += a[p + 6] * b[q + 6];
            lane7 += a[p + 7] * b[q + 7];
            lane8 += a[p + 8] * b[q + 8];
            lane9 += a[p + 9] * b[q + 9];
            lane10 += a[p + 10] * b[q + 10];
            lane11 += a[p + 11] * b[q + 11];
            lane12 += a[p + 12] * b[q + 12];
            lane13 += a[p + 13] * b[q + 13];
            lane14 += a[p + 14] * b[q + 14];
            lane15 += a[p + 15] * b[q + 15];
        }
        float[] lanes = lanes();
        lanes[0] = lane0;
        lanes[1] = lane1;
        lanes[2] = lane2;
        lanes[3] = lane3;
        lanes[4] = lane4;
        lanes[5] = lane5;
        lanes[6] = lane6;
        lanes[7] = lane7;
        lanes[8] = lane8;
        lanes[9] = lane9;
        lanes[10] = lane10;
        lanes[11] = lane11;
        lanes[12] = lane12;
        lanes[13] = lane13;
        lanes[14] = lane14;
        lanes[15] = lane15;
        return addDotTail(lanes, a, aOffset, b, bOffset, whole, dimension);
    }

    @Override
    public double squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        int whole = dimension & -LANES;
        float lane0 = 0;
        float lane1 = 0;
        float lane2 = 0;
        float lane3 = 0;
        float lane4 = 0;
        float lane5 = 0;
        float lane6 = 0;
        float lane7 = 0;
        float lane8 = 0;
        float lane9 = 0;
        float lane10 = 0;
        float lane11 = 0;
        float lane12 = 0;
        float lane13 = 0;
        float lane14 = 0;
        float lane15 = 0;
        for (int i = 0; i < whole; i += LANES) {
            int p = aOffset + i;
            int q = bOffset + i;
            lane0 += squared(a[p] - b[q]);
            lane1 += squared(a[p + 1] - b[q + 1]);
            lane2 += squared(a[p + 2] - b[q + 2]);
            lane3 += squared(a[p + 3] - b[q + 3]);
            lane4 += squared(a[p + 4] - b[q + 4]);
            lane5 += squared(a[p + 5] - b[q + 5]);
            lane6 += squared(a[p + 6] - b[q + 6]);
            lane7 += squared(a[p + 7] - b[q + 7]);
            lane8 += squared(a[p + 8] - b[q + 8]);
            lane9 += squared(a[p + 9] - b[q + 9]);
            lane10 += squared(a[p + 10] - b[q + 10]);
            lane11 += squared(a[p + 11] - b[q + 11]);
            lane12 += squared(a[p + 12] - b[q + 12]);
            lane13 += squared(a[p + 13] - b[q + 13]);
            lane14 += squared(a[p + 14] - b[q + 14]);
            lane15 += squared(a[p + 15] - b[q + 15]);
        }
        float[] lanes = lanes();
        lanes[0] = lane0;
        lanes[1] = lane1;
        lanes[2] = lane2;
        lanes[3] = lane3;
        lanes[4] = lane4;
        lanes[5] = lane5;
        lanes[6] = lane6;
        lanes[7] = lane7;
        lanes[8] = lane8;
        lanes[9] = lane9;
        lanes[10] = lane10;
        lanes[11] = lane11;
        lanes[12] = lane12;
        lanes[13] = lane13;
        lanes[14] = lane14;
        lanes[15] = lane15;
        return addL2Tail(lanes, a, aOffset, b, bOffset, whole, dimension);
    }

    private static float squared(float difference) {
        return difference * difference;
    }

    /** Adds the components from {@code whole} on to their lanes, and then the lanes together. */
    static double addDotTail(float[] lanes, float[] a, int aOffset, float[] b, int bOffset, int whole, int dimension) {
        for (int i = whole; i < dimension; i++) {
            lanes[i - whole] += a[aOffset + i] * b[bOffset + i];
        }
        return sum(lanes);
    }

    static double addL2Tail(float[] lanes, float[] a, int aOffset, float[] b, int bOffset, int whole, int dimension) {
        for (int i = whole; i < dimension; i++) {
            float difference = a[aOffset + i] - b[bOffset + i];
            lanes[i - whole] += difference * difference;
        }
        return sum(lanes);
    }

    private static double sum(float[] lanes) {
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    @Override
    public String description() {
        return "scalar";
    }
}
