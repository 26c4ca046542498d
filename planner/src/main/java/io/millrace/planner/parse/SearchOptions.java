package io.millrace.planner.parse;

import io.millrace.planner.plan.Strategy;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about all its vector searches. What a search says itself outranks it; it outranks what the index
 * says, and that outranks what the job says.
 *
 * @param efSearch null for what the index says
 * @param alpha null for what the index says
 * @param strategy of searches across vectors and graph; null for the cheapest
 */
public record SearchOptions(
        @Nullable Integer efSearch,
        @Nullable Double alpha,
        @Nullable Strategy strategy,
        SearchDefaults defaults) {
    public static final SearchOptions NONE = new SearchOptions(null, null, null, SearchDefaults.DEFAULT);
    public static final int EF_SEARCH_MAX = 10_000;
    public static final double ALPHA_MAX = 100;

    public int efSearch(@Nullable Long asked, @Nullable VectorIndexDefinition index) {
        if (asked != null) {
            return asked.intValue();
        }
        if (efSearch != null) {
            return efSearch;
        }
        return index == null ? defaults.efSearch() : defaults.efSearch(index);
    }

    public double alpha(@Nullable Double asked, @Nullable VectorIndexDefinition index) {
        if (asked != null) {
            return asked;
        }
        if (alpha != null) {
            return alpha;
        }
        return index == null ? defaults.alpha() : defaults.alpha(index);
    }
}
