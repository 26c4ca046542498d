package io.millrace.index.shard;

/** How long a slice may still run. Work is done in steps, at least one a slice, and asks between them. */
final class Budget {
    private final long endNanos;

    private Budget(long endNanos) {
        this.endNanos = endNanos;
    }

    static Budget ofNanos(long nanos) {
        long now = System.nanoTime();
        return new Budget(now + Math.min(nanos, Long.MAX_VALUE / 4));
    }

    boolean exhausted() {
        return System.nanoTime() - endNanos >= 0;
    }
}
