package io.millrace.protocol.fragment;

import org.jspecify.annotations.Nullable;

/**
 * How one shard went about a vector search, and what that cost.
 *
 * @param path {@code ANN} or {@code EXACT}
 * @param reason why the path is EXACT although ANN was wanted; null where it is not
 * @param engine that answered; null where the vectors in state were scored
 * @param filter how the condition was met: {@code none} where there is none, {@code exact_over_matches} where all that
 *     pass were scored, {@code in_graph} where the traversal went from one that passes to the next, {@code post_filter}
 *     where those of the nearest that do not pass were dropped
 * @param efSearch beam of the search; 0 on the path EXACT
 * @param window candidates of the last preselection that were scored exactly; 0 on the path EXACT
 * @param refills how often the window was widened because too few of its rows passed
 * @param scored exact scores
 * @param distanceComputations of the traversal
 * @param nodesVisited nodes whose links the traversal followed
 * @param exhausted whether every row that passes was scored, so that no wider search would find more
 */
public record SearchStats(
        int shard,
        String path,
        @Nullable String reason,
        @Nullable String engine,
        String filter,
        int efSearch,
        int window,
        int refills,
        long scored,
        long distanceComputations,
        long nodesVisited,
        boolean exhausted) {}
