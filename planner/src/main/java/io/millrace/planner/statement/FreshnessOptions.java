package io.millrace.planner.statement;

import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import java.util.List;
import java.util.Locale;

/** The options that say when a change reaches an index or an adjacency. */
final class FreshnessOptions {
    private static final int ROWS_MAX = 1_000_000;
    private static final int BATCH_MS_MAX = 3_600_000;
    private static final int PENDING_MAX = 10_000_000;

    private FreshnessOptions() {}

    static Freshness read(Options options, List<FreshnessMode> modes) {
        List<String> names =
                modes.stream().map(mode -> mode.name().toLowerCase(Locale.ROOT)).toList();
        String name = options.choice("mode", names);
        FreshnessMode mode =
                name == null ? FreshnessMode.IMMEDIATE : FreshnessMode.valueOf(name.toUpperCase(Locale.ROOT));
        Freshness defaults = Freshness.of(mode);
        return new Freshness(
                mode,
                options.integer("batch_rows", 1, ROWS_MAX, defaults.batchRows()),
                options.integer("batch_ms", 1, BATCH_MS_MAX, defaults.batchMs()),
                options.integer("max_pending", 1, PENDING_MAX, defaults.pendingMax()),
                options.bool("pending_visible", defaults.pendingVisible()));
    }
}
