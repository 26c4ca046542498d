package io.millrace.index.vector;

/** A point that slots are measured against; smaller is closer. Each thread has its own. */
abstract class Probe {
    /** Takes the slot's own vector as the point. */
    abstract void aim(int slot);

    abstract float distance(int slot);

    /**
     * Asks for what {@link #distance} reads of slots, so that it comes from memory for all at once.
     *
     * @return nothing of use: what was read, for the compiler not to leave it out
     */
    abstract int readAhead(long[] candidates, int count);

    /** Returns the first slot that the probe does not see. */
    abstract int limit();

    /**
     * Writes the distances of four slots, from {@code at} on, to the first four of {@code out}. Behind {@code last} the
     * slot there is taken again: that costs less than leaving the four.
     */
    abstract void distances4(int[] slots, int at, int last, float[] out);

    /**
     * Writes the distances of the first {@code count} slots to {@code out}.
     *
     * @param out with room for {@code count} rounded up to a multiple of four
     */
    abstract void distances(int[] slots, int count, float[] out);

    /** Returns whether {@link #promising} may tell without measuring. */
    boolean hasPictures() {
        return false;
    }

    /** Returns whether what pictures tell is nearly what measuring would. */
    boolean picturesAreSharp() {
        return false;
    }

    /** Returns whether what is measured errs, and {@link #seeming} says by how much; not where pictures tell more. */
    boolean mayErr() {
        return false;
    }

    /** Returns how far somebody may seem to be who is at this distance; infinite unless they {@link #mayErr}. */
    float seeming(float distance) {
        return Float.POSITIVE_INFINITY;
    }

    /**
     * Moves the slots that may be nearer than {@code worst} to the front, in their order, and returns how many: all, if
     * nothing is known but by measuring. A few that are nearer may be passed over.
     *
     * @param atHome whether others may stand for one that is passed over: then it takes less to pass over one
     */
    int promising(int[] slots, int count, float worst, boolean atHome) {
        return count;
    }

    /**
     * Returns a score that the slot's vector, which is at this distance, does not pass: distances are rounded, and those of
     * codes say little.
     */
    abstract double bestScore(int slot, float distance);
}
