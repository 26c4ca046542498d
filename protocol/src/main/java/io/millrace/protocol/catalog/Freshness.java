package io.millrace.protocol.catalog;

import java.util.Objects;

/**
 * How changes reach an index or an adjacency.
 *
 * @param batchRows BATCHED applies when this many changes wait, at least 1
 * @param batchMs BATCHED applies when the oldest waiting change is this old, at least 1
 * @param pendingMax at this many waiting changes each new one first applies the oldest, at least 1
 * @param pendingVisible whether waiting changes are seen by requests
 */
public record Freshness(FreshnessMode mode, int batchRows, int batchMs, int pendingMax, boolean pendingVisible) {
    public static final int BATCH_ROWS_DEFAULT = 128;
    public static final int BATCH_MS_DEFAULT = 50;
    public static final int PENDING_MAX_DEFAULT = 10_000;

    public Freshness {
        Objects.requireNonNull(mode, "mode");
        if (batchRows < 1 || batchMs < 1 || pendingMax < 1) {
            throw new IllegalArgumentException("batchRows, batchMs and pendingMax must be at least 1, got " + batchRows
                    + ", " + batchMs + ", " + pendingMax);
        }
    }

    /** Returns the defaults of {@code mode}: BATCHED shows waiting changes, ASYNC does not. */
    public static Freshness of(FreshnessMode mode) {
        return new Freshness(
                mode, BATCH_ROWS_DEFAULT, BATCH_MS_DEFAULT, PENDING_MAX_DEFAULT, mode == FreshnessMode.BATCHED);
    }
}
