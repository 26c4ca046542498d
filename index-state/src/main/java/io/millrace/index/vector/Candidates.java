package io.millrace.index.vector;

/**
 * A slot and its distance in one long: comparing longs compares distances, then slots. The lowest bit is free for a
 * mark.
 */
final class Candidates {
    private Candidates() {}

    static long of(float distance, int slot) {
        return (long) sortable(distance) << 32 | (long) slot << 1;
    }

    static int slot(long candidate) {
        return (int) candidate >>> 1;
    }

    static float distance(long candidate) {
        int bits = (int) (candidate >> 32);
        return Float.intBitsToFloat(bits ^ bits >> 31 & 0x7fffffff);
    }

    /** Returns the bits in an order that is that of the numbers, also below zero. */
    private static int sortable(float distance) {
        int bits = Float.floatToRawIntBits(distance);
        return bits ^ bits >> 31 & 0x7fffffff;
    }
}
