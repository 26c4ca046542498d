package io.millrace.planner.statement;

import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessChange;
import io.millrace.protocol.catalog.FreshnessMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The options that say when a change reaches an index or an adjacency. */
final class FreshnessOptions {
    private static final int ROWS_MAX = 1_000_000;
    private static final int BATCH_MS_MAX = 3_600_000;
    private static final int PENDING_MAX = 10_000_000;

    private FreshnessOptions() {}

    static Freshness read(Options options, List<FreshnessMode> modes) {
        FreshnessChange given = change(options, modes);
        Freshness defaults = Freshness.of(or(given.mode(), FreshnessMode.IMMEDIATE));
        return new Freshness(
                defaults.mode(),
                or(given.batchRows(), defaults.batchRows()),
                or(given.batchMs(), defaults.batchMs()),
                or(given.pendingMax(), defaults.pendingMax()),
                or(given.pendingVisible(), defaults.pendingVisible()));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    /** Returns what is given. */
    static FreshnessChange change(Options options, List<FreshnessMode> modes) {
        List<String> names =
                modes.stream().map(mode -> mode.name().toLowerCase(Locale.ROOT)).toList();
        String name = options.choice("mode", names);
        return new FreshnessChange(
                name == null ? null : FreshnessMode.valueOf(name.toUpperCase(Locale.ROOT)),
                options.integer("batch_rows", 1, ROWS_MAX),
                options.integer("batch_ms", 1, BATCH_MS_MAX),
                options.integer("max_pending", 1, PENDING_MAX),
                options.bool("pending_visible"));
    }
}
