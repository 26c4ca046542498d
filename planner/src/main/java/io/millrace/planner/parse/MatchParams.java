package io.millrace.planner.parse;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.parse.PatternReader.Matched;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.Strategy;
import io.millrace.protocol.ErrorCode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code vector.search} says of a pattern: {@code match} or {@code not_match}, {@code anchor}, {@code strategy} and
 * {@code fusion}.
 */
record MatchParams(
        @Nullable Matched matched,
        boolean negated,
        @Nullable Strategy wanted,
        boolean written,
        @Nullable Fusion fusion) {

    /**
     * Reads and checks them.
     *
     * @param k rows that the search asks for
     */
    static MatchParams parse(JsonObject params, int k, String collection, PlanScope scope) {
        String match = params.string("match");
        String notMatch = params.string("not_match");
        String anchor = params.string("anchor");
        String strategy = Selections.choice(params, "strategy", Strategy.texts());
        Fusion fusion = FusionParams.readField(params, "fusion", k, "top_k", scope.limits.rowsMax());
        if (match != null && notMatch != null) {
            params.add(ErrorCode.INVALID_PLAN, "not_match", "a search has one pattern: \"match\" or \"not_match\"");
        }
        String text = match != null ? match : notMatch;
        if (text == null) {
            for (String name : List.of("anchor", "strategy", "fusion")) {
                if (params.has(name)) {
                    params.add(ErrorCode.INVALID_PLAN, name, "\"" + name + "\" has no meaning without a pattern");
                }
            }
            return new MatchParams(null, false, null, false, null);
        }
        Strategy wanted = strategy == null || strategy.equals(Strategy.AUTO)
                ? null
                : Strategy.valueOf(strategy.toUpperCase(Locale.ROOT));
        String where = match != null ? "match" : "not_match";
        Matched matched = scope.pattern(params, where, text, anchor, collection);
        Fusion implied = wanted == Strategy.PARALLEL ? Fusion.rrf(Fusion.RANK_CONSTANT) : null;
        return new MatchParams(matched, match == null, wanted, strategy != null, fusion != null ? fusion : implied);
    }

    /** Returns the search as it is, or with the pattern. */
    Step step(VectorSearch search, @Nullable Strategy otherwise) {
        Matched read = matched;
        if (read == null) {
            return search;
        }
        return new Step.CrossStoreSearch(
                search, read.pattern(), read.anchor(), negated, fusion, written ? wanted : otherwise, null, false);
    }
}
