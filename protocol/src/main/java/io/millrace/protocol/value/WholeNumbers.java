package io.millrace.protocol.value;

/** Which doubles are surely the integers that were written. */
public final class WholeNumbers {
    private static final double MAX = 0x1p53 - 1;

    private WholeNumbers() {}

    /**
     * Returns whether {@code number} is an integer that no other number of its size was rounded to: from 2^53 on it may
     * stand for a neighbour, for a fraction, or for an integer of more than 64 bits.
     */
    public static boolean isExact(double number) {
        return number == Math.rint(number) && Math.abs(number) <= MAX;
    }
}
