package io.millrace.protocol.fragment;

/** A range of event time in epoch milliseconds, both ends inclusive. */
public record TimeRange(long fromMs, long toMs) {
    public TimeRange {
        if (fromMs > toMs) {
            throw new IllegalArgumentException("fromMs must not be above toMs, got " + fromMs + " > " + toMs);
        }
    }

    public boolean contains(long timeMs) {
        return fromMs <= timeMs && timeMs <= toMs;
    }
}
