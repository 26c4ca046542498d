package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.run.PathGraph.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first paths of a pattern in the order of their vertices' ids from left to right; where these are equal, in the order
 * of what lies between them and of the ids of named edges.
 */
final class FoundPaths {
    private final Pattern pattern;
    private final PathGraph graph;
    private final MemoryMeter memory;
    private final List<Path> paths = new ArrayList<>();
    private final Set<PathKey> seen = new HashSet<>();
    private final boolean truncated;
    private final boolean bounded;

    /**
     * A path.
     *
     * @param vertices by place in the pattern
     * @param links of relationships of one edge that are named, by relationship; null for others
     * @param order what it is ordered by
     */
    record Path(int[] vertices, @Nullable Link[] links, int[] order) {
        /** Returns the edge of a named relationship. */
        int edge(int relationship) {
            return Objects.requireNonNull(links[relationship]).edge();
        }

        @Nullable Object[] values(int relationship) {
            return Objects.requireNonNull(links[relationship]).values();
        }
    }

    /** By what paths are one: not by which of parallel edges without a name they use. */
    private record PathKey(int[] order) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PathKey key && Arrays.equals(order, key.order);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(order);
        }
    }

    FoundPaths(PatternWalk walk, int pathsMax, long triesMax, MemoryMeter memory) throws StepFailure {
        pattern = walk.pattern();
        graph = walk.graph();
        this.memory = memory;
        graph.sort(true);
        PathSearch search = new PathSearch(walk, 0, triesMax, memory);
        List<Integer> starts = walk.bound(0).stream()
                .sorted(Comparator.comparingInt(graph::vertexRank))
                .toList();
        for (int start : starts) {
            // Paths from a later start come behind: those of this one are the last that can be among the first.
            if (paths.size() <= pathsMax) {
                search.from(start, search.lengthMax(), this::visit);
            }
        }
        bounded = search.bounded();
        truncated = paths.size() > pathsMax;
        paths.sort((a, b) -> Arrays.compare(a.order(), b.order()));
        if (truncated) {
            paths.subList(pathsMax, paths.size()).clear();
        }
    }

    List<Path> paths() {
        return paths;
    }

    /** Returns whether there are more paths than these. */
    boolean truncated() {
        return truncated;
    }

    /** Returns whether the search was given up, so that any path may be missing. */
    boolean bounded() {
        return bounded;
    }

    private boolean visit(PathSearch search) throws StepFailure {
        int[] vertices = new int[pattern.vertices().size()];
        for (int i = 0; i < vertices.length; i++) {
            vertices[i] = search.vertex(i);
        }
        int[] order = order(search, vertices);
        if (seen.add(new PathKey(order))) {
            memory.add(4 * MemoryMeter.shellBytes(vertices.length + order.length));
            paths.add(new Path(vertices, links(search), order));
        }
        return true;
    }

    private @Nullable Link[] links(PathSearch search) {
        @Nullable Link[] links = new @Nullable Link[pattern.edges().size()];
        for (int i = 0; i < links.length; i++) {
            PatternEdge edge = pattern.edges().get(i);
            links[i] = edge.alias() != null && edge.least() == 1 && edge.most() == 1
                    ? search.edges(i).get(0)
                    : null;
        }
        return links;
    }

    private int[] order(PathSearch search, int[] vertices) {
        List<Integer> order = new ArrayList<>();
        for (int vertex : vertices) {
            order.add(graph.vertexRank(vertex));
        }
        for (int i = 0; i < pattern.edges().size(); i++) {
            order.add(search.edges(i).size());
            for (Link link : search.edges(i)) {
                order.add(graph.vertexRank(link.to()));
            }
        }
        for (int i = 0; i < pattern.edges().size(); i++) {
            if (pattern.edges().get(i).alias() != null) {
                search.edges(i).forEach(link -> order.add(graph.edgeRank(link.edge())));
            }
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }
}
