package io.millrace.benchmarks.measure;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Durations that were measured under one condition. */
public final class Samples {
    private static final double NANOS_PER_MS = 1e6;

    private final long[] sortedNanos;

    private Samples(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /** @throws IllegalArgumentException if there is none */
    public static Samples of(Collection<Long> nanos) {
        if (nanos.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Samples(sorted);
    }

    public int size() {
        return sortedNanos.length;
    }

    /**
     * Returns by nearest rank the smallest duration, in milliseconds, that at least {@code share} of all are not above.
     *
     * @param share above 0, at most 1
     */
    public double percentileMs(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be above 0 and at most 1, got " + share);
        }
        int rank = (int) Math.ceil(share * sortedNanos.length);
        return sortedNanos[rank - 1] / NANOS_PER_MS;
    }

    public double p50Ms() {
        return percentileMs(0.50);
    }

    public double p95Ms() {
        return percentileMs(0.95);
    }

    public double p99Ms() {
        return percentileMs(0.99);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f  p95 %.2f  p99 %.2f  max %.1f ms  (n %d)",
                p50Ms(),
                p95Ms(),
                p99Ms(),
                percentileMs(1),
                size());
    }
}
