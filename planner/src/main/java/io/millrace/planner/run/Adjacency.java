package io.millrace.planner.run;

import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The edges that have come in during a walk: what every expanded vertex leads to. */
final class Adjacency {
    private final GraphTraverse step;
    private final RunLimits limits;
    private final Map<Vertex, Map<Vertex, String>> neighbours = new HashMap<>();
    private List<Vertex> frontier = List.of();
    private int hops;
    private boolean bounded;

    Adjacency(GraphTraverse step, RunLimits limits) {
        this.step = step;
        this.limits = limits;
    }

    boolean bounded() {
        return bounded;
    }

    int hops() {
        return hops;
    }

    int expanded() {
        return neighbours.size();
    }

    /** Returns what {@code vertex} leads to, with the least name of the edge types that lead there. */
    Map<Vertex, String> of(Vertex vertex) {
        return neighbours.getOrDefault(vertex, Map.of());
    }

    /** Returns the question for the neighbours of {@code vertices}; null where nothing may be asked. */
    @Nullable FragmentOperation expand(TreeSet<Vertex> vertices) {
        int left = limits.frontierMax() - neighbours.size();
        bounded |= vertices.size() > left;
        frontier = vertices.stream().limit(left).toList();
        if (frontier.isEmpty()) {
            return null;
        }
        hops++;
        List<FragmentOperation.Vertex> asked = new ArrayList<>(frontier.size());
        for (Vertex vertex : frontier) {
            neighbours.put(vertex, new HashMap<>());
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
            Vertex from = frontier.get(Math.toIntExact((Long) row[0]));
            Hop hop = step.hops().get(Math.toIntExact((Long) row[1]));
            boolean intKey = step.collections().get(hop.target()).intKey();
            Vertex to = Vertex.of(hop.target(), intKey, row[2].toString());
            neighbours
                    .computeIfAbsent(from, key -> new HashMap<>())
                    .merge(to, hop.edgeType(), (a, b) -> a.compareTo(b) <= 0 ? a : b);
        }
    }

    /** Returns the question of the next hop: for the vertices that the last one was first to reach. */
    @Nullable FragmentOperation next() {
        if (hops >= step.depth()) {
            return null;
        }
        TreeSet<Vertex> fresh = new TreeSet<>();
        for (Vertex vertex : frontier) {
            for (Vertex neighbour : of(vertex).keySet()) {
                if (!neighbours.containsKey(neighbour)) {
                    fresh.add(neighbour);
                }
            }
        }
        return fresh.isEmpty() ? null : expand(fresh);
    }
}
