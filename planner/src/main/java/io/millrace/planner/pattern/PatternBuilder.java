package io.millrace.planner.pattern;

import io.millrace.planner.pattern.InferredCollections.Way;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts places in the stead of names. */
final class PatternBuilder {
    private final Catalog catalog;
    private final List<CollectionSchema> schemas = new ArrayList<>();

    PatternBuilder(Catalog catalog) {
        this.catalog = catalog;
    }

    ResolvedPattern build(List<VertexDraft> vertices, List<EdgeDraft> edges, InferredCollections inferred) {
        List<PatternVertex> patternVertices = new ArrayList<>();
        for (int i = 0; i < vertices.size(); i++) {
            VertexDraft vertex = vertices.get(i);
            List<Label> labels = new ArrayList<>();
            for (String collection : inferred.vertices().get(i)) {
                Predicate filter = vertex.filters.getOrDefault(collection, Predicate.ALWAYS);
                labels.add(ResolvedPattern.label(schema(collection), place(collection), filter));
            }
            patternVertices.add(new PatternVertex(vertex.alias, labels));
        }
        List<PatternEdge> patternEdges = new ArrayList<>();
        for (int i = 0; i < edges.size(); i++) {
            EdgeDraft edge = edges.get(i);
            List<Hop> hops = inferred.ways().get(i).stream().map(this::hop).toList();
            patternEdges.add(new PatternEdge(edge.alias, hops, edge.every, Predicate.ALWAYS, edge.least, edge.most));
        }
        List<EdgeLookup> touching = touching(edges);
        List<Vertices> collections = schemas.stream()
                .map(schema -> new Vertices(schema.id(), schema.name(), schema.keyType() == ValueType.INT, List.of()))
                .toList();
        Pattern pattern = new Pattern(collections, patternVertices, patternEdges, touching);
        return new ResolvedPattern(pattern, schemas, aliases(vertices, edges, inferred));
    }

    private CollectionSchema schema(String name) {
        return catalog.collection(name).orElseThrow();
    }

    private int place(String collection) {
        CollectionSchema schema = schema(collection);
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        return schemas.indexOf(schema);
    }

    private Hop hop(Way way) {
        EdgeLookup lookup = new EdgeLookup(place(way.from()), way.type().id(), way.outgoing());
        return new Hop(lookup, way.type().name(), place(way.to()));
    }

    /** Returns all ways to the edges of the collections so far, where a vertex may have no edge in the pattern. */
    private List<EdgeLookup> touching(List<EdgeDraft> edges) {
        boolean alone = edges.isEmpty() || edges.stream().anyMatch(edge -> edge.least == 0);
        List<EdgeLookup> lookups = new ArrayList<>();
        for (int i = 0; alone && i < schemas.size(); i++) {
            String name = schemas.get(i).name();
            for (EdgeType type : new TreeMap<>(catalog.edgeTypes()).values()) {
                if (type.fromCollection().equals(name)) {
                    lookups.add(new EdgeLookup(i, type.id(), true));
                }
                if (type.toCollection().equals(name)) {
                    lookups.add(new EdgeLookup(i, type.id(), false));
                }
            }
        }
        return lookups;
    }

    private Map<String, PatternAlias> aliases(
            List<VertexDraft> vertices, List<EdgeDraft> edges, InferredCollections inferred) {
        Map<String, PatternAlias> aliases = new LinkedHashMap<>();
        for (int i = 0; i < vertices.size(); i++) {
            String name = vertices.get(i).alias;
            if (name != null && !aliases.containsKey(name)) {
                aliases.put(name, vertex(name, i, inferred.vertices().get(i)));
            }
            String edgeName = i < edges.size() ? edges.get(i).alias : null;
            if (edgeName != null) {
                boolean one = edges.get(i).least == 1 && edges.get(i).most == 1;
                aliases.put(edgeName, edge(edgeName, i, one, inferred.ways().get(i)));
            }
        }
        return aliases;
    }

    private PatternAlias vertex(String name, int place, TreeSet<String> collections) {
        FieldUnion union = new FieldUnion();
        boolean keyed = true;
        boolean allInt = true;
        for (String collection : collections) {
            CollectionSchema schema = schema(collection);
            union.add(InlineProperties.fields(schema));
            boolean own = schema.fieldIndex(FragmentOperation.ID) < 0
                    || schema.primaryKey().equals(List.of(FragmentOperation.ID));
            keyed &= own;
            allInt &= schema.keyType() == ValueType.INT;
        }
        if (keyed) {
            union.set(FragmentOperation.ID, allInt ? ValueType.INT : ValueType.STRING);
        }
        String owner = collections.size() == 1
                ? "collection \"" + collections.first() + "\""
                : "any collection that \"" + name + "\" can be of";
        return new PatternAlias(name, false, place, true, union.clear(), union.ambiguous, keyed, false, owner);
    }

    private static PatternAlias edge(String name, int place, boolean one, List<Way> ways) {
        FieldUnion union = new FieldUnion();
        Set<String> types = new TreeSet<>();
        for (Way way : ways) {
            if (types.add(way.type().name())) {
                union.add(InlineProperties.fields(way.type()));
            }
        }
        boolean typed = !union.types.containsKey(PatternAlias.TYPE) && !union.ambiguous.contains(PatternAlias.TYPE);
        if (typed) {
            union.set(PatternAlias.TYPE, ValueType.STRING);
        }
        String owner = types.size() == 1
                ? "edge type \"" + types.iterator().next() + "\""
                : "any edge type that \"" + name + "\" can be of";
        return new PatternAlias(name, true, place, one, union.clear(), union.ambiguous, false, typed, owner);
    }

    /** The fields of several owners; one that has several types is ambiguous. */
    private static final class FieldUnion {
        private final Map<String, ValueType> types = new LinkedHashMap<>();
        private final Set<String> ambiguous = new TreeSet<>();

        void add(Map<String, ValueType> more) {
            more.forEach((name, type) -> {
                ValueType before = types.putIfAbsent(name, type);
                if (before != null && before != type) {
                    ambiguous.add(name);
                }
            });
        }

        /** Returns the fields of one type each. */
        Map<String, ValueType> clear() {
            Map<String, ValueType> clear = new LinkedHashMap<>(types);
            clear.keySet().removeAll(ambiguous);
            return clear;
        }

        void set(String name, ValueType type) {
            ambiguous.remove(name);
            types.put(name, type);
        }
    }
}
