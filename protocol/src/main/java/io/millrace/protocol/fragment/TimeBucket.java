package io.millrace.protocol.fragment;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Spans of time that rows are counted by, in UTC; a week begins on Monday. The order is part of binary forms. */
public enum TimeBucket {
    MINUTE("1m", 60_000),
    HOUR("1h", 3_600_000),
    DAY("1d", 86_400_000),
    WEEK("1w", 604_800_000);

    /** The Monday before the epoch, which was a Thursday. */
    private static final long MONDAY_MS = -3 * 86_400_000L;

    private final String text;
    private final long lengthMs;

    TimeBucket(String text, long lengthMs) {
        this.text = text;
        this.lengthMs = lengthMs;
    }

    /** Returns how users write it, such as {@code 1h}. */
    public String text() {
        return text;
    }

    public long lengthMs() {
        return lengthMs;
    }

    /** Returns the start of the bucket that a time is in, both in epoch ms; before the first whole one the least time. */
    public long floor(long timeMs) {
        long inBucket = Math.floorMod(timeMs, lengthMs);
        if (this == WEEK) {
            inBucket = Math.floorMod(inBucket - MONDAY_MS, lengthMs);
        }
        return timeMs < Long.MIN_VALUE + inBucket ? Long.MIN_VALUE : timeMs - inBucket;
    }

    /** Returns the bucket of that name, or null. */
    public static @Nullable TimeBucket of(String text) {
        return Arrays.stream(values())
                .filter(bucket -> bucket.text.equals(text))
                .findFirst()
                .orElse(null);
    }

    /** Returns how users write each. */
    public static List<String> texts() {
        return Arrays.stream(values()).map(TimeBucket::text).toList();
    }
}
