package io.millrace.index.vector;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Slots by hash, open addressing with linear probing: twelve bytes an entry and a share of the free ones. */
final class SlotTable {
    private static final int FREE = -1;

    private int[] slots = new int[16];
    private long[] hashes = new long[16];
    private int size;

    SlotTable() {
        Arrays.fill(slots, FREE);
    }

    /** Returns the slot with this hash that matches, or -1. */
    int find(long hash, IntPredicate matches) {
        int mask = slots.length - 1;
        for (int i = home(hash, mask); slots[i] != FREE; i = i + 1 & mask) {
            if (hashes[i] == hash && matches.test(slots[i])) {
                return slots[i];
            }
        }
        return FREE;
    }

    void add(long hash, int slot) {
        if (size >= slots.length / 4 * 3) {
            grow();
        }
        place(hash, slot);
        size++;
    }

    private void place(long hash, int slot) {
        int mask = slots.length - 1;
        int i = home(hash, mask);
        while (slots[i] != FREE) {
            i = i + 1 & mask;
        }
        slots[i] = slot;
        hashes[i] = hash;
    }

    /** Removes a slot that is there, and moves those up that stand behind it only because it stood there. */
    void remove(long hash, int slot) {
        int mask = slots.length - 1;
        int free = home(hash, mask);
        while (slots[free] != slot) {
            free = free + 1 & mask;
        }
        for (int i = free + 1 & mask; slots[i] != FREE; i = i + 1 & mask) {
            int home = home(hashes[i], mask);
            if ((i - home & mask) >= (i - free & mask)) {
                slots[free] = slots[i];
                hashes[free] = hashes[i];
                free = i;
            }
        }
        slots[free] = FREE;
        size--;
    }

    private void grow() {
        int[] oldSlots = slots;
        long[] oldHashes = hashes;
        slots = new int[oldSlots.length * 2];
        hashes = new long[slots.length];
        Arrays.fill(slots, FREE);
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != FREE) {
                place(oldHashes[i], oldSlots[i]);
            }
        }
    }

    private static int home(long hash, int mask) {
        return (int) (hash * 0x9E3779B97F4A7C15L >>> 32) & mask;
    }

    int size() {
        return size;
    }

    long memoryBytes() {
        return 12L * slots.length;
    }
}
