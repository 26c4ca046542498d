package io.millrace.operators.query;

/**
 * Shares a thread between slices of long work and everybody else. While changes come, work has at most half of the time:
 * after a slice as long a time belongs to them. While fragments of others come, work rests behind each slice, and leaves its
 * core to the threads through which their requests pass. Otherwise slice follows slice.
 */
final class SlicePacer {
    /** For how long a neighbour counts, in which more of its kind are to be expected. */
    private static final long NEIGHBOUR_MS = 100;

    private final SliceSettings settings;
    private long pauseUntilNanos = Long.MIN_VALUE;
    private boolean inputSeen;
    private boolean neighbourSeen;
    private long neighbourMs;

    SlicePacer(SliceSettings settings) {
        this.settings = settings;
    }

    long sliceNanos() {
        return settings.sliceNanos();
    }

    void inputSeen() {
        inputSeen = true;
    }

    /** Notes that a fragment came while work of others was under way. */
    void neighbourSeen(long nowMs) {
        neighbourSeen = true;
        neighbourMs = nowMs;
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

    /** Returns how long there shall be no slice behind the last, in milliseconds; 0 for not at all. */
    long restMs(long nowMs) {
        neighbourSeen &= Math.abs(nowMs - neighbourMs) < NEIGHBOUR_MS;
        return neighbourSeen ? settings.pauseMs() : 0;
    }
}
