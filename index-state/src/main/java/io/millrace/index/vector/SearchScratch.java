package io.millrace.index.vector;

import java.util.Arrays;

/** What a search needs for the time it runs: who was seen, the beam, a batch of neighbours. Used again and again. */
final class SearchScratch {
    /** Slots by this are words of {@link #seen}. */
    static final int WORD_SHIFT = 6;

    /** A line of the cache. */
    private static final int WORDS_PER_LINE = 8;

    /** A bit for each slot. */
    private long[] seen = new long[0];

    /** The first that were seen: as many as can be forgotten one by one for what it takes to forget all. */
    private int[] seenSlots = new int[0];

    private int seenCount;

    /** The beam, nearest first; the lowest bit of a candidate says that its links were followed. */
    long[] beam = new long[64];

    int beamSize;
    int[] batch = new int[64];
    float[] distances = new float[64 + 3];
    long distancesComputed;
    long nodesExpanded;

    /** Forgets who was seen, at the price of who was. */
    void begin(int slots) {
        int words = (slots + Long.SIZE - 1) / Long.SIZE;
        if (seen.length < words) {
            seen = new long[Math.max(words, seen.length * 3 / 2)];
            seenSlots = new int[seen.length / WORDS_PER_LINE];
        } else if (seenCount > seenSlots.length) {
            Arrays.fill(seen, 0);
        } else {
            for (int i = 0; i < seenCount; i++) {
                seen[seenSlots[i] >>> WORD_SHIFT] = 0;
            }
        }
        seenCount = 0;
    }

    /** Returns the bits, {@code 1L << slot} of word {@code slot >>> WORD_SHIFT}; who sets some tells {@link #note}. */
    long[] seen() {
        return seen;
    }

    boolean isSeen(int slot) {
        return (seen[slot >>> WORD_SHIFT] >>> slot & 1) != 0;
    }

    void see(int slot) {
        seen[slot >>> WORD_SHIFT] |= 1L << slot;
        if (seenCount < seenSlots.length) {
            seenSlots[seenCount] = slot;
        }
        seenCount++;
    }

    /** Takes note of slots whose bits were set. */
    void note(int[] slots, int count) {
        if (seenCount + count <= seenSlots.length) {
            System.arraycopy(slots, 0, seenSlots, seenCount, count);
        }
        seenCount += count;
    }

    void reserveBeam(int ef) {
        if (beam.length < ef + 1) {
            beam = Arrays.copyOf(beam, ef + 1);
        }
    }

    void reserveBatch(int count) {
        if (batch.length < count) {
            batch = Arrays.copyOf(batch, Math.max(count, batch.length * 2));
            distances = new float[batch.length + 3];
        }
    }

    /** Measures those of the beam from {@code from} to before {@code to} once more, by another probe; the order stays. */
    void measure(Probe probe, int from, int to) {
        int count = to - from;
        reserveBatch(count);
        for (int i = 0; i < count; i++) {
            batch[i] = Candidates.slot(beam[from + i]);
        }
        probe.distances(batch, count, distances);
        distancesComputed += count;
        for (int i = 0; i < count; i++) {
            beam[from + i] = Candidates.of(distances[i], batch[i]);
        }
    }

    long memoryBytes() {
        return Long.BYTES * ((long) seen.length + beam.length) + (long) Integer.BYTES * seenSlots.length;
    }
}
