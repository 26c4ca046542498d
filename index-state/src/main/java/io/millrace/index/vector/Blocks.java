package io.millrace.index.vector;

/**
 * How slots are laid out in blocks of a power of two, so that an index grows without copying: only the first block grows,
 * by doubling, so that a small index stays small.
 *
 * @param shift a block has {@code 1 << shift} slots
 */
record Blocks(int shift) {
    private static final int BLOCK_BYTES = 1 << 22;
    private static final int FIRST_SLOTS = 16;

    /** Returns blocks of about four megabytes. */
    static Blocks of(int bytesPerSlot) {
        int slots = Math.max(1, BLOCK_BYTES / bytesPerSlot);
        return new Blocks(31 - Integer.numberOfLeadingZeros(slots));
    }

    int mask() {
        return (1 << shift) - 1;
    }

    /** Returns how many slots there are room for when there is room for {@code slots}. */
    int capacity(int slots) {
        if (slots <= 1 << shift) {
            int rounded = Math.max(FIRST_SLOTS, Integer.highestOneBit(Math.max(1, slots - 1)) << 1);
            return Math.min(1 << shift, rounded);
        }
        return (slots + mask()) >>> shift << shift;
    }

    /** Returns how many blocks hold so many slots. */
    int count(int capacity) {
        return (capacity + mask()) >>> shift;
    }

    /** Returns how many slots the block has when all have {@code capacity}. */
    int slots(int block, int capacity) {
        return Math.min(1 << shift, capacity - (block << shift));
    }
}
