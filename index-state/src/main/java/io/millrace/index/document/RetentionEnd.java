package io.millrace.index.document;

/** Up to which event time what has a retention must go. */
public final class RetentionEnd {
    /** An event time that lies further ahead of the clock counts as this, so that one wrong event takes no others with it. */
    private static final long AHEAD_MS = 86_400_000;

    private RetentionEnd() {}

    /**
     * Returns the time before which nothing stays, in epoch ms; the least of all for none.
     *
     * @param greatestMs the greatest event time; the least of all where there is none
     */
    public static long ms(long retentionMs, long greatestMs, long nowMs) {
        long countedMs = Math.min(greatestMs, nowMs + AHEAD_MS);
        return countedMs < Long.MIN_VALUE + retentionMs ? Long.MIN_VALUE : countedMs - retentionMs;
    }
}
