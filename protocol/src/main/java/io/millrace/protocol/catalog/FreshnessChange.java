package io.millrace.protocol.catalog;

import org.jspecify.annotations.Nullable;

/**
 * What of a {@link Freshness} is to be another; null for what stays.
 *
 * <p>A mode brings its own default of {@code pendingVisible} with it. A definition does not tell a value that was given
 * from one that was left out: one that differs from the default of its mode was given and stays, one that equals it was
 * not.
 */
public record FreshnessChange(
        @Nullable FreshnessMode mode,
        @Nullable Integer batchRows,
        @Nullable Integer batchMs,
        @Nullable Integer pendingMax,
        @Nullable Boolean pendingVisible) {
    public static final FreshnessChange NONE = new FreshnessChange(null, null, null, null, null);

    public FreshnessChange {
        if (isBelowOne(batchRows) || isBelowOne(batchMs) || isBelowOne(pendingMax)) {
            throw new IllegalArgumentException("batchRows, batchMs and pendingMax must be at least 1, got " + batchRows
                    + ", " + batchMs + ", " + pendingMax);
        }
    }

    private static boolean isBelowOne(@Nullable Integer value) {
        return value != null && value < 1;
    }

    /** Returns {@code before} with this change. */
    Freshness of(Freshness before) {
        FreshnessMode newMode = mode == null ? before.mode() : mode;
        return new Freshness(
                newMode,
                batchRows == null ? before.batchRows() : batchRows,
                batchMs == null ? before.batchMs() : batchMs,
                pendingMax == null ? before.pendingMax() : pendingMax,
                pendingVisible == null ? visibleIn(newMode, before) : pendingVisible);
    }

    private static boolean visibleIn(FreshnessMode newMode, Freshness before) {
        boolean given = before.pendingVisible() != Freshness.of(before.mode()).pendingVisible();
        return given || newMode == before.mode()
                ? before.pendingVisible()
                : Freshness.of(newMode).pendingVisible();
    }
}
