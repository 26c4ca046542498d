package io.millrace.planner.parse;

import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which edges a walk follows, in which direction. */
record EdgeSelection(List<EdgeType> types, boolean named, boolean outgoing, boolean incoming) {

    /** Reads {@code edge_types} and {@code direction}; null with problems where a type does not exist. */
    static @Nullable EdgeSelection parse(JsonObject params, Catalog catalog) {
        String direction = Selections.choice(params, "direction", List.of("outgoing", "incoming", "both"));
        List<String> names = params.strings("edge_types");
        List<EdgeType> types = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            EdgeType type = catalog.edgeTypes().get(names.get(i));
            if (type == null) {
                params.add(Selections.notFound(
                        ErrorCode.NOT_FOUND_EDGE_TYPE,
                        "edge type",
                        names.get(i),
                        params.path("edge_types") + "[" + i + "]",
                        catalog.edgeTypes().keySet()));
            } else if (!types.contains(type)) {
                types.add(type);
            }
        }
        if (types.size() < names.stream().distinct().count()) {
            return null;
        }
        boolean named = !names.isEmpty();
        return new EdgeSelection(
                named ? types : List.copyOf(catalog.edgeTypes().values()),
                named,
                !"incoming".equals(direction),
                "incoming".equals(direction) || "both".equals(direction));
    }

    /** Returns the collections that such a walk can start from. */
    TreeSet<String> startCollections() {
        TreeSet<String> starts = new TreeSet<>();
        for (EdgeType type : types) {
            if (outgoing) {
                starts.add(type.fromCollection());
            }
            if (incoming) {
                starts.add(type.toCollection());
            }
        }
        return starts;
    }

    /** Finds the edges to follow from {@code start} on and adds the collections that they reach to {@code collections}. */
    List<Hop> hops(String start, List<String> collections) {
        List<Hop> hops = new ArrayList<>();
        collections.add(start);
        for (int place = 0; place < collections.size(); place++) {
            for (EdgeType type : types) {
                if (outgoing && type.fromCollection().equals(collections.get(place))) {
                    hops.add(hop(place, type, true, place(collections, type.toCollection())));
                }
                if (incoming && type.toCollection().equals(collections.get(place))) {
                    hops.add(hop(place, type, false, place(collections, type.fromCollection())));
                }
            }
        }
        return hops;
    }

    /** Returns the shortest retention of the edges that a walk can follow; null where all of them stay. */
    @Nullable Long retentionMs(List<Hop> hops) {
        Set<Long> followed = hops.stream().map(hop -> hop.lookup().edgeTypeId()).collect(Collectors.toSet());
        return types.stream()
                .filter(type -> followed.contains(type.id()))
                .map(EdgeType::retentionMs)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static Hop hop(int from, EdgeType type, boolean outgoing, int target) {
        return new Hop(new EdgeLookup(from, type.id(), outgoing), type.name(), target);
    }

    private static int place(List<String> collections, String collection) {
        if (!collections.contains(collection)) {
            collections.add(collection);
        }
        return collections.indexOf(collection);
    }

    /** Returns the properties that an edge filter may name; one that has two types is reported. */
    FieldTypes properties(JsonObject params) {
        Map<String, ValueType> properties = new LinkedHashMap<>();
        for (EdgeType type : types) {
            for (Field field : type.fields()) {
                ValueType before = properties.putIfAbsent(field.name(), field.type());
                if (before != null && before != field.type() && mentions(params, field.name())) {
                    params.add(Problem.at(
                            ErrorCode.INVALID_AMBIGUOUS,
                            params.path("edge_filter"),
                            "property \"" + field.name() + "\" is a " + before + " of one edge type and a "
                                    + field.type() + " of another"));
                }
            }
        }
        String owner = types.size() == 1 ? "edge type \"" + types.get(0).name() + "\"" : "any of the edge types";
        return new FieldTypes(owner, properties);
    }

    private static boolean mentions(JsonObject params, String property) {
        var filter = params.take("edge_filter");
        return filter != null && filter.has(property);
    }
}
