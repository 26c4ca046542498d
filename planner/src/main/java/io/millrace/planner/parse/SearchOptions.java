package io.millrace.planner.parse;

import org.jspecify.annotations.Nullable;

/**
 * What a request says about all its vector searches.
 *
 * @param efSearch null for what the index says
 * @param alpha null for what the index says
 */
public record SearchOptions(
        @Nullable Integer efSearch, @Nullable Double alpha) {
    public static final SearchOptions NONE = new SearchOptions(null, null);
    public static final int EF_SEARCH_MAX = 10_000;
    public static final double ALPHA_MAX = 100;
}
