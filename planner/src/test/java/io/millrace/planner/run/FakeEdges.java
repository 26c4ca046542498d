package io.millrace.planner.run;

import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
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
        return operation instanceof ExpandEdges expand ? expand(expand) : scan((ScanVertices) operation);
    }

    private boolean owns(String key) {
        return ShardRouting.shardOf(key, shards.shards()) == shard;
    }

    private static String near(FakeShards.Edge edge, EdgeLookup lookup) {
        return lookup.outgoing() ? edge.from() : edge.to();
    }

    private List<Object[]> expand(ExpandEdges expand) {
        List<Object[]> result = new ArrayList<>();
        for (int v = 0; v < expand.vertices().size(); v++) {
            FragmentOperation.Vertex vertex = expand.vertices().get(v);
            for (int l = 0; owns(vertex.key()) && l < expand.lookups().size(); l++) {
                EdgeLookup lookup = expand.lookups().get(l);
                for (FakeShards.Edge edge : shards.edges()) {
                    if (lookup.collection() == vertex.collection()
                            && edge.type() == lookup.edgeTypeId()
                            && near(edge, lookup).equals(vertex.key())
                            && PredicateEvaluator.matches(expand.edgeFilter(), values(edge)::get)) {
                        List<@Nullable Object> row = new ArrayList<>(List.of((long) v, (long) l));
                        row.add(lookup.outgoing() ? edge.to() : edge.from());
                        row.add(edge.id());
                        expand.columns().forEach(column -> row.add(values(edge).get(column)));
                        result.add(row.toArray());
                    }
                }
            }
        }
        return result;
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
