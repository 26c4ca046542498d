package io.millrace.index.vector;

import java.util.Arrays;

/** What a search needs for the time it runs: who was seen, the beam, a batch of neighbours. Used again and again. */
final class SearchScratch {
    private byte[] seen = new byte[0];
    private byte epoch;
    /** The beam, nearest first; the lowest bit of a candidate says that its links were followed. */
    long[] beam = new long[64];

    int beamSize;
    int[] batch = new int[64];
    float[] distances = new float[64 + 3];
    long distancesComputed;
    long nodesExpanded;

    /** Forgets who was seen. */
    void begin(int slots) {
        if (seen.length < slots) {
            seen = new byte[Math.max(slots, seen.length * 3 / 2)];
            epoch = 0;
        }
        if (++epoch == 0) {
            Arrays.fill(seen, (byte) 0);
            epoch = 1;
        }
    }

    byte[] seen() {
        return seen;
    }

    byte epoch() {
        return epoch;
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

    long memoryBytes() {
        return seen.length + (long) Long.BYTES * beam.length;
    }
}
