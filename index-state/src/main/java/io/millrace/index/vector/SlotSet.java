package io.millrace.index.vector;

import java.util.Arrays;

/** A set of slots that gives them in a fixed order, a few at a time. */
final class SlotSet {
    private long[] words = new long[4];
    private int size;
    private int cursor;

    void add(int slot) {
        int word = slot >>> 6;
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        if ((words[word] & 1L << slot) == 0) {
            words[word] |= 1L << slot;
            size++;
        }
    }

    boolean contains(int slot) {
        int word = slot >>> 6;
        return word < words.length && (words[word] & 1L << slot) != 0;
    }

    /** Removes the slot, which is in the set. */
    void remove(int slot) {
        words[slot >>> 6] &= ~(1L << slot);
        size--;
    }

    int size() {
        return size;
    }

    /** Returns the slots, ascending. */
    int[] toArray() {
        int[] slots = new int[size];
        int count = 0;
        for (int word = 0; word < words.length; word++) {
            for (long rest = words[word]; rest != 0; rest &= rest - 1) {
                slots[count++] = (word << 6) + Long.numberOfTrailingZeros(rest);
            }
        }
        return slots;
    }

    /** Takes one out, going round; the set is not empty. */
    int poll() {
        int word = cursor >>> 6;
        long rest = word < words.length ? words[word] & -1L << cursor : 0;
        while (rest == 0) {
            word = word + 1 < words.length ? word + 1 : 0;
            rest = words[word];
        }
        int slot = (word << 6) + Long.numberOfTrailingZeros(rest);
        remove(slot);
        cursor = slot + 1;
        return slot;
    }
}
