package io.millrace.index.vector;

/**
 * The sums that steer a search through a graph: fast, and not equal to the bit between implementations; of one
 * implementation a sum is the same alone and as one of four. Lengths are multiples of {@link #STRIDE}; vectors are padded
 * with zeros.
 */
interface GraphKernel {
    int STRIDE = 32;

    /** Bytes that come from memory at once. */
    int CACHE_LINE = 64;

    float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length);

    float dot(float[] a, int aOffset, float[] b, int bOffset, int length);

    /** Writes the squared distances of {@code a} to four vectors of {@code block} to {@code out}, from {@code at} on. */
    void squaredL2(float[] a, int aOffset, Quad quad, int length, float[] out, int at);

    void dot(float[] a, int aOffset, Quad quad, int length, float[] out, int at);

    /**
     * Writes the squared distances of a vector of codes, 0 to 127, to those of {@code count} slots, the first of which
     * stands at {@code at}, to the first of {@code out}.
     *
     * @return nothing of use: what was read ahead, for the compiler not to leave it out
     */
    int squaredL2(short[] a, byte[][] blocks, Blocks layout, int[] slots, int at, int count, int length, float[] out);

    /** Copies {@code length} codes from {@code from} on to the beginning of {@code to}. */
    void widen(byte[] codes, int from, int length, short[] to);

    /**
     * Makes of two stretches of a vector, of {@code half} each from {@code at} on, their sum and their difference.
     *
     * @param half a multiple of 8
     */
    void addAndSubtract(float[] vector, int at, int half);

    /** Four vectors, each where it stands. */
    final class Quad {
        float[] b0 = new float[0];
        float[] b1 = b0;
        float[] b2 = b0;
        float[] b3 = b0;
        int o0;
        int o1;
        int o2;
        int o3;
    }
}
