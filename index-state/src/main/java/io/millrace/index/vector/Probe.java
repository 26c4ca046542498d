package io.millrace.index.vector;

/** A point that slots are measured against; smaller is closer. Each thread has its own. */
abstract class Probe {
    /** Takes the slot's own vector as the point. */
    abstract void aim(int slot);

    abstract float distance(int slot);

    /** Returns the first slot that the probe does not see. */
    abstract int limit();

    /** Writes the distances of four slots, from {@code at} on, to the first four of {@code out}. */
    abstract void distances4(int[] slots, int at, float[] out);

    /** Writes the distances of the first {@code count} slots to {@code out}. */
    abstract void distances(int[] slots, int count, float[] out);
}
