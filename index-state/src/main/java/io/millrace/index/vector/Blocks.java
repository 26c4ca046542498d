package io.millrace.index.vector;

/**
 * How the values of slots are laid out in arrays of nearly four megabytes, so that an index grows without copying: only the
 * first array grows, by doubling, so that a small index stays small.
 *
 * <p>An array stays below a power of two with its header. G1 gives one that does not whole regions, and the rest of the
 * last one to nobody: of arrays of four megabytes and a header that is a quarter more, and as much again in heaps of four to
 * sixteen gigabytes.
 */
final class Blocks {
    private static final int BLOCK_BYTES = 1 << 22;
    private static final int HEADER_BYTES = 16;

    /** The first slot begins on two cache lines that are fetched together. */
    private static final int ALIGNMENT_BYTES = 128;

    private static final int FIRST_SLOTS = 16;

    private final int stride;
    private final int pad;
    private final int slots;

    /** With {@link #shift} it divides by {@link #slots}, exactly up to 2^31 (Granlund, Montgomery 1994). */
    private final long inverse;

    private final int shift;

    /**
     * @param stride elements a slot
     * @param elementBytes of such an element
     */
    Blocks(int stride, int elementBytes) {
        this.stride = stride;
        pad = (ALIGNMENT_BYTES - HEADER_BYTES) / elementBytes;
        slots = Math.max(1, (BLOCK_BYTES - ALIGNMENT_BYTES) / (stride * elementBytes));
        shift = 2 * Integer.SIZE - 1 - Integer.numberOfLeadingZeros(slots - 1);
        inverse = (1L << shift) / slots + 1;
    }

    /** Returns the number of the array that holds the slot. */
    int block(int slot) {
        return (int) (slot * inverse >>> shift);
    }

    /** Returns where in its array the slot begins. */
    int offset(int slot) {
        return pad + (slot - block(slot) * slots) * stride;
    }

    /** Returns how many slots there are room for when there is room for {@code wanted}. */
    int capacity(int wanted) {
        if (wanted <= slots) {
            int rounded = Math.max(FIRST_SLOTS, Integer.highestOneBit(Math.max(1, wanted - 1)) << 1);
            return Math.min(slots, rounded);
        }
        return count(wanted) * slots;
    }

    /** Returns how many arrays hold so many slots. */
    int count(int capacity) {
        return (int) ((capacity + slots - 1L) / slots);
    }

    /** Returns how long the array is when all have room for {@code capacity} slots. */
    int length(int block, int capacity) {
        return pad + Math.min(slots, capacity - block * slots) * stride;
    }

    /** Returns how many slots arrays hold. */
    int held(int count, int lastLength) {
        return count == 0 ? 0 : (count - 1) * slots + (lastLength - pad) / stride;
    }
}
