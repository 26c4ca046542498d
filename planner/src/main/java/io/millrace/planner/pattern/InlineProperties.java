package io.millrace.planner.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.LiteralContext;
import io.millrace.planner.grammar.MillraceParser.PropertiesContext;
import io.millrace.planner.grammar.MillraceParser.PropertyContext;
import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.parse.Parameters;
import io.millrace.planner.parse.Values;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the properties in braces: equalities, with constants that are made to fit the type of their field. */
final class InlineProperties {
    private static final Map<String, ValueType> OF_EVERY_EDGE = new LinkedHashMap<>();

    static {
        OF_EVERY_EDGE.put("weight", ValueType.INT);
        OF_EVERY_EDGE.put("first_seen", ValueType.TIMESTAMP);
        OF_EVERY_EDGE.put("last_seen", ValueType.TIMESTAMP);
        OF_EVERY_EDGE.put(FragmentOperation.TIMESTAMP, ValueType.TIMESTAMP);
        OF_EVERY_EDGE.put(FragmentOperation.ID, ValueType.STRING);
    }

    private final Catalog catalog;
    private final Map<String, JsonNode> parameters;
    private final ProblemPlace place;
    private final List<Problem> problems;

    InlineProperties(Catalog catalog, Map<String, JsonNode> parameters, ProblemPlace place, List<Problem> problems) {
        this.catalog = catalog;
        this.parameters = parameters;
        this.place = place;
        this.problems = problems;
    }

    /** Returns what can be named of the rows of a collection, with types. */
    static Map<String, ValueType> fields(CollectionSchema schema) {
        return new CollectionFields(schema, null).types().types();
    }

    /** Returns what can be named of the edges of a type, with types: properties, and what every edge has. */
    static Map<String, ValueType> fields(EdgeType type) {
        Map<String, ValueType> fields = new LinkedHashMap<>();
        for (Field field : type.fields()) {
            fields.put(field.name(), field.type());
        }
        OF_EVERY_EDGE.forEach(fields::putIfAbsent);
        return fields;
    }

    /** Makes filters of the properties of the vertex; a collection that lacks one of them cannot be that of the vertex. */
    void narrow(VertexDraft vertex) {
        Map<String, Map<String, ValueType>> owners = new LinkedHashMap<>();
        vertex.collections.forEach(
                name -> catalog.collection(name).ifPresent(schema -> owners.put(name, fields(schema))));
        Map<String, Predicate> filters = filters(vertex.tree.properties(), "collection", owners);
        vertex.collections.retainAll(filters.keySet());
        vertex.filters.putAll(filters);
    }

    /** Likewise; what is asked for must mean the same for every type that has it. */
    void narrow(EdgeDraft edge) {
        PropertiesContext tree = edge.tree.properties();
        Map<String, Map<String, ValueType>> owners = new LinkedHashMap<>();
        edge.types.forEach(type -> owners.put(type.name(), fields(type)));
        Map<String, Predicate> filters = filters(tree, "edge type", owners);
        edge.types = edge.types.stream()
                .filter(type -> filters.containsKey(type.name()))
                .toList();
        List<Predicate> distinct = filters.values().stream().distinct().toList();
        if (distinct.size() > 1 && tree != null) {
            problems.add(place.at(
                    tree, ErrorCode.INVALID_AMBIGUOUS, "a property has another type in another of the edge types"));
        }
        edge.every = distinct.isEmpty() ? Predicate.ALWAYS : distinct.get(0);
    }

    /** Returns the filter of every owner that has all properties; none with a problem where no owner has. */
    private Map<String, Predicate> filters(
            @Nullable PropertiesContext tree, String kind, Map<String, Map<String, ValueType>> owners) {
        Map<String, Predicate> filters = new LinkedHashMap<>();
        if (tree == null) {
            owners.keySet().forEach(owner -> filters.put(owner, Predicate.ALWAYS));
            return filters;
        }
        if (owners.isEmpty() || !allAreKnown(tree, kind, owners)) {
            return filters;
        }
        Map<String, Problem> misfits = new LinkedHashMap<>();
        owners.forEach((owner, types) -> {
            List<Predicate> all = new ArrayList<>();
            for (PropertyContext property : tree.property()) {
                ValueType type =
                        types.get(PatternResolver.unquoted(property.name().getText()));
                Predicate equal = type == null ? null : equal(property, type, misfits);
                if (equal == null) {
                    return;
                }
                all.add(equal);
            }
            filters.put(owner, all.size() == 1 ? all.get(0) : new Predicate.And(all));
        });
        if (filters.isEmpty()) {
            problems.addAll(misfits.values());
            if (misfits.isEmpty()) {
                problems.add(place.at(tree, ErrorCode.NOT_FOUND_FIELD, "no " + kind + " has all of these properties"));
            }
        }
        return filters;
    }

    private boolean allAreKnown(PropertiesContext tree, String kind, Map<String, Map<String, ValueType>> owners) {
        TreeSet<String> known = new TreeSet<>();
        owners.values().forEach(types -> known.addAll(types.keySet()));
        boolean all = true;
        for (PropertyContext property : tree.property()) {
            String name = PatternResolver.unquoted(property.name().getText());
            if (!known.contains(name)) {
                String owner = owners.size() == 1
                        ? kind + " \"" + owners.keySet().iterator().next() + "\""
                        : "no " + kind;
                problems.add(place.at(
                                property,
                                ErrorCode.NOT_FOUND_FIELD,
                                owner + (owners.size() == 1 ? " has no" : " here has") + " property \"" + name + "\"")
                        .withAllowed(List.copyOf(known))
                        .withNearest(Nearest.of(name, known)));
                all = false;
            }
        }
        return all;
    }

    /** Returns the equality; null with an entry in {@code misfits} where the constant cannot be of the type. */
    private @Nullable Predicate equal(PropertyContext property, ValueType type, Map<String, Problem> misfits) {
        String name = PatternResolver.unquoted(property.name().getText());
        LiteralContext literal = property.literal();
        Object raw = raw(literal);
        boolean compared = type != ValueType.VECTOR && type != ValueType.JSON;
        Object constant = compared ? Values.coerce(raw, type) : null;
        if (constant != null) {
            return new Predicate.Compare(name, Comparison.EQ, constant);
        }
        String message = compared
                ? literal.getText() + " is no " + type + ", which property \"" + name + "\" is"
                : "property \"" + name + "\" is a " + type + ", which equals nothing";
        misfits.putIfAbsent(name, missing(property, message));
        return null;
    }

    private Problem missing(PropertyContext property, String message) {
        if (property.literal().NULL() != null) {
            return place.at(property, ErrorCode.INVALID_VALUE, "nothing equals null")
                    .withHint("WHERE … IS NULL");
        }
        if (property.literal().PARAMETER() != null) {
            String name = property.literal().PARAMETER().getText().substring(1);
            JsonNode given = parameters.get(name);
            Problem at = place.at(property, ErrorCode.INVALID_VALUE, message);
            if (given == null || !given.isValueNode()) {
                Problem absent = Parameters.missing(name, given, parameters.keySet(), String.valueOf(at.path()));
                return at.detail() == null ? absent : absent.withDetail(at.detail());
            }
            return at;
        }
        return place.at(property, ErrorCode.INVALID_VALUE, message);
    }

    /** Returns a String, Boolean, Long or Double; null where there is no such value. */
    private @Nullable Object raw(LiteralContext literal) {
        if (literal.PARAMETER() != null) {
            JsonNode given = parameters.get(literal.PARAMETER().getText().substring(1));
            return given == null ? null : Values.scalar(given);
        }
        if (literal.STRING() != null) {
            String text = literal.STRING().getText();
            return text.substring(1, text.length() - 1).replace("''", "'");
        }
        if (literal.TRUE() != null || literal.FALSE() != null) {
            return literal.TRUE() != null;
        }
        // A list of numbers has brackets, and is no scalar.
        if (literal.getStart().getText().equals("[") || literal.NULL() != null) {
            return null;
        }
        return number(literal.getText());
    }

    private static @Nullable Object number(String text) {
        try {
            return text.matches("[+-]?[0-9]+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
        } catch (NumberFormatException e) {
            return Double.valueOf(text);
        }
    }
}
