package io.millrace.index.shard;

import io.millrace.index.vector.ApproximateIndex.SearchCost;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.SearchStats;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Notes how one shard goes about a search. */
final class SearchTrace {
    static final String NO_FILTER = "none";

    /** Those of the nearest that do not pass are dropped. */
    static final String POST_FILTER = "post_filter";

    /** The traversal goes from one that passes to the next. */
    static final String IN_GRAPH = "in_graph";

    /** All that pass are scored. */
    static final String EXACT_OVER_MATCHES = "exact_over_matches";

    private final int shard;
    private final long scoredBefore;
    private final @Nullable VectorEngine engine;
    private String path;
    private @Nullable String reason;
    private String filter;
    private int efSearch;
    private int window;
    private int refills;
    private long distances;
    private long nodesVisited;
    private boolean exhausted;

    private SearchTrace(
            int shard,
            long scoredBefore,
            @Nullable VectorEngine engine,
            String path,
            @Nullable String reason,
            boolean filtered,
            boolean exhausted) {
        this.shard = shard;
        this.scoredBefore = scoredBefore;
        this.engine = engine;
        this.path = path;
        this.reason = reason;
        this.exhausted = exhausted;
        filter = filtered ? POST_FILTER : NO_FILTER;
    }

    /** @param engine null where the vectors in state are scored */
    static SearchTrace exact(
            int shard, Hits hits, @Nullable VectorEngine engine, @Nullable String reason, boolean filtered) {
        return new SearchTrace(shard, hits.scored(), engine, "EXACT", reason, filtered, true);
    }

    static SearchTrace approximate(int shard, Hits hits, VectorEngine engine, boolean filtered) {
        return new SearchTrace(shard, hits.scored(), engine, "ANN", null, filtered, false);
    }

    void preselects(String how, int newEfSearch, int newWindow) {
        filter = how;
        efSearch = Math.max(newEfSearch, newWindow);
        window = newWindow;
    }

    void refills() {
        refills++;
    }

    void scoresPassing() {
        filter = EXACT_OVER_MATCHES;
        exhausted = true;
    }

    /** The index is given up, and every vector scored. */
    void becomesExact(String why) {
        path = "EXACT";
        reason = why;
        exhausted = true;
    }

    void cost(SearchCost cost) {
        distances += cost.distances();
        nodesVisited += cost.nodesVisited();
    }

    /** Returns what was noted, when the shard is done. */
    SearchStats end(Hits hits) {
        return new SearchStats(
                shard,
                path,
                reason,
                engine == null ? null : engine.name().toLowerCase(Locale.ROOT),
                filter,
                efSearch,
                window,
                refills,
                hits.scored() - scoredBefore,
                distances,
                nodesVisited,
                exhausted);
    }
}
