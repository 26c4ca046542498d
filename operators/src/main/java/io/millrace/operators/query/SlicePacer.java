package io.millrace.operators.query;

/**
 * Shares a thread between slices of long work and the input. While input comes, work has at most half of the time: after
 * a slice as long a time belongs to the input. Without input, slice follows slice.
 */
final class SlicePacer {
    private final long sliceNanos;
    private long pauseUntilNanos = Long.MIN_VALUE;
    private boolean inputSeen;

    SlicePacer(long sliceNanos) {
        this.sliceNanos = sliceNanos;
    }

    long sliceNanos() {
        return sliceNanos;
    }

    void inputSeen() {
        inputSeen = true;
    }

    /** Returns whether a slice may run now. */
    boolean mayRun(long nowNanos) {
        return !inputSeen || pauseUntilNanos == Long.MIN_VALUE || nowNanos - pauseUntilNanos >= 0;
    }

    /** Notes that a slice ran. */
    void ran(long startNanos, long endNanos) {
        pauseUntilNanos = endNanos + (endNanos - startNanos);
        inputSeen = false;
    }
}
