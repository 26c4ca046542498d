package io.millrace.planner.pattern;

import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.EdgeField;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.ValueType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a name in a pattern stands for.
 *
 * @param edge whether it is a relationship, else a vertex
 * @param place among the vertices or the relationships of the pattern; the first, where a vertex is named twice
 * @param one whether it is a vertex or exactly one edge, so that it has columns in a result
 * @param fields what can be named of it, with types
 * @param ambiguous fields that have several types, in several collections or edge types: they cannot be named
 * @param keyed whether {@code id} is the key of a vertex, whatever its collection
 * @param typed whether {@code type} is the name of an edge's type, and no property
 * @param owner what has the fields, as errors name it, such as {@code collection "papers"}
 */
public record PatternAlias(
        String name,
        boolean edge,
        int place,
        boolean one,
        Map<String, ValueType> fields,
        Set<String> ambiguous,
        boolean keyed,
        boolean typed,
        String owner) {
    /** What names the type of an edge. */
    public static final String TYPE = "type";

    public PatternAlias {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        ambiguous = Set.copyOf(ambiguous);
    }

    /** Returns the type of the key of a vertex, and of the name of an edge's type. */
    public ValueType type() {
        ValueType id = keyed && !edge ? fields.get(FragmentOperation.ID) : null;
        return id == null ? ValueType.STRING : id;
    }

    /** Returns what shows the vertex itself, or the type of the edge. */
    public Binding self() {
        return edge ? new EdgeTypeName(place) : new VertexKey(place);
    }

    /** Returns what shows a field; null where there is no such field, or it has no single value. */
    public @Nullable Binding field(String field) {
        if (!one || !fields.containsKey(field)) {
            return null;
        }
        if (edge) {
            return typed && field.equals(TYPE) ? self() : new EdgeField(place, field);
        }
        return keyed && field.equals(FragmentOperation.ID) ? self() : new VertexField(place, field);
    }
}
