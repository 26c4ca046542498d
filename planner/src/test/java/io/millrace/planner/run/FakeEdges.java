package io.millrace.planner.run;

import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a shard over plain lists says of edges. */
final class FakeEdges {
    private final FakeShards shards;
    private final int shard;

    FakeEdges(FakeShards shards, int shard) {
        this.shards = shards;
        this.shard = shard;
    }

    List<Object[]> run(FragmentOperation operation) {
        if (operation instanceof ExpandEdges expand) {
            return expand(expand);
        }
        return operation instanceof ExpandVertices expand ? expand(expand) : scan((ScanVertices) operation);
    }

    private boolean owns(String key) {
        return ShardRouting.shardOf(key, shards.shards()) == shard;
    }

    private static String near(FakeShards.Edge edge, EdgeLookup lookup) {
        return lookup.outgoing() ? edge.from() : edge.to();
    }

    /** Takes an edge that a vertex has along a lookup, by their places. */
    private interface Taker {
        void take(int vertex, int lookup, FakeShards.Edge edge);
    }

    private List<Object[]> expand(ExpandEdges expand) {
        List<Object[]> result = new ArrayList<>();
        each(expand.vertices(), expand.lookups(), expand.edgeFilter(), (vertex, lookup, edge) -> {
            List<@Nullable Object> row = new ArrayList<>(List.of((long) vertex, (long) lookup));
            row.add(far(edge, expand.lookups().get(lookup)));
            row.add(edge.id());
            expand.columns().forEach(column -> row.add(values(edge).get(column)));
            result.add(row.toArray());
        });
        return result;
    }

    private List<Object[]> expand(ExpandVertices expand) {
        List<Object[]> result = new ArrayList<>();
        each(
                expand.vertices(),
                expand.lookups(),
                expand.edgeFilter(),
                (vertex, lookup, edge) -> result.add(new Object[] {
                    (long) vertex, (long) lookup, far(edge, expand.lookups().get(lookup))
                }));
        return result;
    }

    private static String far(FakeShards.Edge edge, EdgeLookup lookup) {
        return lookup.outgoing() ? edge.to() : edge.from();
    }

    private void each(
            List<FragmentOperation.Vertex> vertices, List<EdgeLookup> lookups, Predicate filter, Taker taker) {
        for (int v = 0; v < vertices.size(); v++) {
            FragmentOperation.Vertex vertex = vertices.get(v);
            for (int l = 0; owns(vertex.key()) && l < lookups.size(); l++) {
                EdgeLookup lookup = lookups.get(l);
                for (FakeShards.Edge edge : shards.edges()) {
                    if (lookup.collection() == vertex.collection()
                            && edge.type() == lookup.edgeTypeId()
                            && near(edge, lookup).equals(vertex.key())
                            && PredicateEvaluator.matches(filter, values(edge)::get)) {
                        taker.take(v, l, edge);
                    }
                }
            }
        }
    }

    private Map<String, @Nullable Object> values(FakeShards.Edge edge) {
        Map<String, @Nullable Object> values = new HashMap<>(edge.fields());
        shards.catalog.edgeTypes().values().stream()
                .filter(type -> type.id() == edge.type())
                .forEach(type -> values.put("type", type.name()));
        values.put("id", edge.id());
        return values;
    }

    private List<Object[]> scan(ScanVertices scan) {
        Set<FragmentOperation.Vertex> found = new HashSet<>();
        for (EdgeLookup lookup : scan.lookups()) {
            for (FakeShards.Edge edge : shards.edges()) {
                if (edge.type() == lookup.edgeTypeId() && owns(near(edge, lookup))) {
                    found.add(new FragmentOperation.Vertex(lookup.collection(), near(edge, lookup)));
                }
            }
        }
        List<Object[]> result = new ArrayList<>();
        found.forEach(vertex -> result.add(new Object[] {(long) vertex.collection(), vertex.key()}));
        return result;
    }
}
