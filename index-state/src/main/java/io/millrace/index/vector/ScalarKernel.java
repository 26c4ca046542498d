package io.millrace.index.vector;

/** The sums in plain Java. */
final class ScalarKernel implements Distance.Kernel {
    static final int LANES = 16;

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        float[] lanes = new float[LANES];
        int whole = dimension & -LANES;
        for (int i = 0; i < whole; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] += a[aOffset + i + lane] * b[bOffset + i + lane];
            }
        }
        return addDotTail(lanes, a, aOffset, b, bOffset, whole, dimension);
    }

    @Override
    public double squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        float[] lanes = new float[LANES];
        int whole = dimension & -LANES;
        for (int i = 0; i < whole; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                float difference = a[aOffset + i + lane] - b[bOffset + i + lane];
                lanes[lane] += difference * difference;
            }
        }
        return addL2Tail(lanes, a, aOffset, b, bOffset, whole, dimension);
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
