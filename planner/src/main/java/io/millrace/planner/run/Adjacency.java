package io.millrace.planner.run;

import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The edges that have come in during a walk: what every expanded vertex leads to. Vertices are numbered as they come. */
final class Adjacency {
    private final GraphTraverse step;
    private final RunLimits limits;
    private final List<String> edgeTypes;
    private final int[] typeOfHop;
    private final Map<Vertex, Integer> numbers = new HashMap<>();
    private final List<Vertex> vertices = new ArrayList<>();
    private final List<Links> links = new ArrayList<>();
    private int[] frontier = {};
    private IntList fresh = new IntList();
    private int hops;
    private int expanded;
    private boolean bounded;

    /** What one vertex leads to, in the order in which it came; the same by several types of edges more than once. */
    static final class Links {
        private static final Links NONE = new Links();

        private final IntList neighbours = new IntList();
        private final IntList types = new IntList();

        int size() {
            return neighbours.size();
        }

        int neighbour(int place) {
            return neighbours.get(place);
        }

        /** Returns the place of the edge's type among {@link Adjacency#edgeType}. */
        int type(int place) {
            return types.get(place);
        }
    }

    Adjacency(GraphTraverse step, RunLimits limits) {
        this.step = step;
        this.limits = limits;
        edgeTypes = step.hops().stream().map(Hop::edgeType).distinct().sorted().toList();
        typeOfHop = step.hops().stream()
                .mapToInt(hop -> edgeTypes.indexOf(hop.edgeType()))
                .toArray();
    }

    boolean bounded() {
        return bounded;
    }

    int hops() {
        return hops;
    }

    /** Returns how many vertices were asked for their edges. */
    int expanded() {
        return expanded;
    }

    int vertexCount() {
        return vertices.size();
    }

    /** Returns the number of a vertex, which is a new one where it was not met. */
    int number(Vertex vertex) {
        Integer known = numbers.putIfAbsent(vertex, vertices.size());
        if (known != null) {
            return known;
        }
        vertices.add(vertex);
        links.add(Links.NONE);
        return vertices.size() - 1;
    }

    Vertex vertex(int number) {
        return vertices.get(number);
    }

    /** Returns the name of a type of edges; they are numbered in the order of their names. */
    String edgeType(int type) {
        return edgeTypes.get(type);
    }

    Links of(int vertex) {
        return links.get(vertex);
    }

    /** Returns of each vertex the place in the order of vertices. */
    int[] ranks() {
        int[] sorted = inOrder(IntStream.range(0, vertices.size()));
        int[] ranks = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            ranks[sorted[i]] = i;
        }
        return ranks;
    }

    private int[] inOrder(IntStream some) {
        return some.boxed()
                .sorted(Comparator.comparing(vertices::get))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Returns the question for the neighbours of {@code starts}; null where nothing may be asked. */
    @Nullable FragmentOperation expand(Collection<Vertex> starts) {
        return expand(starts.stream().mapToInt(this::number).toArray());
    }

    private @Nullable FragmentOperation expand(int[] wanted) {
        int left = limits.frontierMax() - expanded;
        bounded |= wanted.length > left;
        // Which are left out must not depend on the order in which they came.
        frontier = wanted.length > left ? Arrays.copyOf(inOrder(Arrays.stream(wanted)), left) : wanted;
        if (frontier.length == 0) {
            return null;
        }
        hops++;
        expanded += frontier.length;
        List<FragmentOperation.Vertex> asked = new ArrayList<>(frontier.length);
        for (int number : frontier) {
            links.set(number, new Links());
            Vertex vertex = vertices.get(number);
            asked.add(new FragmentOperation.Vertex(vertex.collection(), vertex.key()));
        }
        return new ExpandVertices(
                asked,
                step.hops().stream().map(Hop::lookup).toList(),
                step.edgeFilter(),
                step.timeRange(),
                limits.neighboursMax());
    }

    void add(PartialResult.Rows partial) {
        bounded |= partial.truncated();
        for (Object[] row : partial.rows()) {
            int place = Math.toIntExact((Long) row[1]);
            Hop hop = step.hops().get(place);
            boolean intKey = step.collections().get(hop.target()).intKey();
            int known = vertices.size();
            int to = number(Vertex.of(hop.target(), intKey, row[2].toString()));
            if (to == known) {
                fresh.add(to);
            }
            Links from = links.get(frontier[Math.toIntExact((Long) row[0])]);
            from.neighbours.add(to);
            from.types.add(typeOfHop[place]);
        }
    }

    /** Returns the question of the next hop: for the vertices that the last one was first to reach. */
    @Nullable FragmentOperation next() {
        int[] reached = fresh.toArray();
        fresh = new IntList();
        return hops >= step.depth() || reached.length == 0 ? null : expand(reached);
    }
}
