package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The part of the graph that has come in for a pattern: vertices and edges as numbers, and for each relationship of the
 * pattern which edges can be one of its own, seen from the left and from the right.
 */
final class PathGraph {
    private final List<PatternEdge> relationships;
    private final Map<Vertex, Integer> vertexNumbers = new HashMap<>();
    private final List<Vertex> vertices = new ArrayList<>();
    private final Map<EdgeKey, Integer> edgeNumbers = new HashMap<>();
    private final List<EdgeKey> edges = new ArrayList<>();
    private final List<Map<Integer, List<Link>>> toRight = new ArrayList<>();
    private final List<Map<Integer, List<Link>>> toLeft = new ArrayList<>();
    private final Set<LinkKey> links = new HashSet<>();
    private int[] vertexRanks = {};
    private int[] edgeRanks = {};

    /** The identity of an edge, from whichever end it is seen. */
    record EdgeKey(String type, int from, int to, @Nullable String id) {}

    /**
     * An edge as a relationship of the pattern follows it.
     *
     * @param any whether it satisfies what one edge of the relationship must
     * @param values of the columns that the relationship asks for
     */
    record Link(int to, int edge, boolean any, @Nullable Object[] values) {}

    private record LinkKey(int relationship, int left, int edge) {}

    PathGraph(Pattern pattern) {
        relationships = pattern.edges();
        relationships.forEach(relationship -> {
            toRight.add(new HashMap<>());
            toLeft.add(new HashMap<>());
        });
    }

    int number(Vertex vertex) {
        return vertexNumbers.computeIfAbsent(vertex, each -> {
            vertices.add(each);
            return vertices.size() - 1;
        });
    }

    Vertex vertex(int number) {
        return vertices.get(number);
    }

    int vertexCount() {
        return vertices.size();
    }

    EdgeKey edge(int number) {
        return edges.get(number);
    }

    /** Adds an edge between two vertices of the relationship; returns whether it is new there. */
    boolean link(
            int relationship,
            int left,
            int right,
            Hop hop,
            @Nullable String id,
            boolean any,
            @Nullable Object[] values) {
        boolean outgoing = hop.lookup().outgoing();
        EdgeKey key = new EdgeKey(hop.edgeType(), outgoing ? left : right, outgoing ? right : left, id);
        int edge = edgeNumbers.computeIfAbsent(key, each -> {
            edges.add(each);
            return edges.size() - 1;
        });
        if (!links.add(new LinkKey(relationship, left, edge))) {
            return false;
        }
        toRight.get(relationship)
                .computeIfAbsent(left, each -> new ArrayList<>())
                .add(new Link(right, edge, any, values));
        toLeft.get(relationship)
                .computeIfAbsent(right, each -> new ArrayList<>())
                .add(new Link(left, edge, any, values));
        return true;
    }

    /** Returns the edges that lead on from {@code vertex}, to the right or to the left. */
    List<Link> links(int relationship, boolean right, int vertex) {
        return (right ? toRight : toLeft).get(relationship).getOrDefault(vertex, List.of());
    }

    /**
     * Puts the edges into an order that does not depend on that in which they came. Of parallel edges that give one path
     * so many are kept as a path can use: any other can be replaced by one of them.
     *
     * @param named whether the relationships that have an alias give a path for each parallel edge
     */
    void sort(boolean named) {
        vertexRanks = ranks(vertices, Comparator.naturalOrder());
        edgeRanks = ranks(
                edges,
                Comparator.comparing(EdgeKey::id, ValueOrder.ASCENDING)
                        .thenComparing(EdgeKey::type, ValueOrder.ASCENDING)
                        .thenComparing(key -> vertexRanks[key.from()])
                        .thenComparing(key -> vertexRanks[key.to()]));
        int longest = relationships.stream().mapToInt(PatternEdge::most).sum();
        Comparator<Link> order = Comparator.<Link>comparingInt(link -> vertexRanks[link.to()])
                .thenComparing(Link::any, Comparator.reverseOrder())
                .thenComparing(link -> edgeRanks[link.edge()]);
        for (int i = 0; i < relationships.size(); i++) {
            boolean parallel = named && relationships.get(i).alias() != null;
            int most = parallel ? Integer.MAX_VALUE : longest;
            toRight.get(i).replaceAll((vertex, list) -> kept(list, order, most));
            toLeft.get(i).replaceAll((vertex, list) -> kept(list, order, most));
        }
    }

    private static List<Link> kept(List<Link> list, Comparator<Link> order, int most) {
        list.sort(order);
        List<Link> kept = new ArrayList<>(list.size());
        int parallel = 0;
        for (Link link : list) {
            Link last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
            parallel = last != null && last.to() == link.to() && last.any() == link.any() ? parallel + 1 : 1;
            if (parallel <= most) {
                kept.add(link);
            }
        }
        return kept;
    }

    private static <T> int[] ranks(List<T> values, Comparator<T> order) {
        int[] sorted = IntStream.range(0, values.size())
                .boxed()
                .sorted((a, b) -> order.compare(values.get(a), values.get(b)))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] ranks = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            ranks[sorted[i]] = i;
        }
        return ranks;
    }

    /** Returns the place of the vertex in the order of ids; known once sorted. */
    int vertexRank(int number) {
        return vertexRanks[number];
    }

    /** Returns the place of the edge in the order of ids; known once sorted. */
    int edgeRank(int number) {
        return edgeRanks[number];
    }
}
