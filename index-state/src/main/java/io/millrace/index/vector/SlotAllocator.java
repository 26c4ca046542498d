package io.millrace.index.vector;

import java.util.BitSet;

/** Gives the smallest slot that is free, so that the choice depends on nothing but which are used. */
final class SlotAllocator {
    private final BitSet used = new BitSet();
    private int lowest;
    private int count;

    int allocate() {
        int slot = used.nextClearBit(lowest);
        take(slot);
        return slot;
    }

    /** Takes a slot that is free. */
    void take(int slot) {
        used.set(slot);
        count++;
        if (slot == lowest) {
            lowest = used.nextClearBit(slot);
        }
    }

    void free(int slot) {
        used.clear(slot);
        count--;
        lowest = Math.min(lowest, slot);
    }

    boolean isUsed(int slot) {
        return used.get(slot);
    }

    /** Returns the first slot above all that are used. */
    int end() {
        return used.length();
    }

    /** Returns the used slots, ascending. */
    int[] toArray() {
        return used.stream().toArray();
    }

    int count() {
        return count;
    }
}
