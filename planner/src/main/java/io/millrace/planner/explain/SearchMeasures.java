package io.millrace.planner.explain;

import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.SearchStats;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What shards did for a vector search: over all, and each. */
final class SearchMeasures {
    private SearchMeasures() {}

    static Facts of(FragmentStats stats) {
        Facts facts = new Facts()
                .put("path", stats.path())
                .put("reason", stats.reason())
                .put("engine", engines(stats.searches()))
                .put("distance_computations", stats.distanceComputations());
        if (stats.searches().isEmpty()) {
            return facts;
        }
        List<SearchStats> searches = stats.searches().stream()
                .sorted(Comparator.comparingInt(SearchStats::shard))
                .toList();
        return facts.put(
                        "nodes_visited",
                        searches.stream().mapToLong(SearchStats::nodesVisited).sum())
                .put("scored", searches.stream().mapToLong(SearchStats::scored).sum())
                .put(
                        "refills",
                        searches.stream().mapToLong(SearchStats::refills).sum())
                .put("searches", searches.stream().map(SearchMeasures::facts).toList());
    }

    /** Null where none is named; all where shards differ. */
    private static @Nullable String engines(List<SearchStats> searches) {
        String engines = searches.stream()
                .map(SearchStats::engine)
                .filter(engine -> engine != null)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return engines.isEmpty() ? null : engines;
    }

    private static Facts facts(SearchStats search) {
        Facts facts = new Facts()
                .put("shard", search.shard())
                .put("path", search.path())
                .put("reason", search.reason())
                .put("engine", search.engine())
                .put("filter", search.filter());
        if (search.efSearch() > 0) {
            facts.put("ef_search", search.efSearch())
                    .put("window", search.window())
                    .put("refills", search.refills());
        }
        return facts.put("scored", search.scored())
                .put("distance_computations", search.distanceComputations())
                .put("nodes_visited", search.nodesVisited())
                .put("exhausted", search.exhausted());
    }
}
