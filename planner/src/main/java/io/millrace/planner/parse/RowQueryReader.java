package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.RowQuery.OfKey;
import io.millrace.planner.plan.RowQuery.OfKeyColumn;
import io.millrace.planner.plan.RowQuery.OfVectorColumn;
import io.millrace.planner.plan.RowQuery.StoredVector;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code query_ref}: the row whose vector a search goes by, found by another step or named by its key. */
final class RowQueryReader {
    private final JsonObject query;
    private final CollectionSchema searched;
    private final Field field;
    private final PlanScope scope;

    private RowQueryReader(JsonObject query, CollectionSchema searched, Field field, PlanScope scope) {
        this.query = query;
        this.searched = searched;
        this.field = field;
        this.scope = scope;
    }

    /** Returns the row; null where that is missing or wrong, which is reported. */
    static @Nullable RowQuery read(JsonObject params, CollectionSchema searched, Field field, PlanScope scope) {
        JsonObject query = params.object("query_ref");
        return query == null || !query.isObject() ? null : new RowQueryReader(query, searched, field, scope).read();
    }

    private @Nullable RowQuery read() {
        boolean excludeSelf = Boolean.TRUE.equals(query.bool("exclude_self"));
        RowQuery.Row row = null;
        if (query.has("ref") == query.has("id")) {
            query.add(ErrorCode.INVALID_PLAN, "ref", "a query_ref needs \"ref\" or \"id\"");
            List.of("field", "collection").forEach(query::take);
        } else if (query.has("id")) {
            row = ofKey(excludeSelf);
        } else {
            row = ofStep(excludeSelf);
        }
        query.finish();
        return row == null ? null : new RowQuery(row, field.dimension(), excludeSelf);
    }

    private RowQuery.@Nullable Row ofKey(boolean excludeSelf) {
        JsonNode id = query.take("id");
        String fieldName = query.string("field");
        CollectionSchema schema =
                query.has("collection") ? Selections.collection(query, "collection", scope.catalog) : searched;
        if (schema == null || id == null) {
            return null;
        }
        boolean other = schema.id() != searched.id();
        if (excludeSelf && other) {
            query.add(
                    ErrorCode.INVALID_PLAN,
                    "exclude_self",
                    "a row of \"" + schema.name() + "\" is in no search of \"" + searched.name() + "\"");
        }
        Field stored = fieldName != null
                ? SearchTarget.namedField(query, schema, fieldName)
                : other ? fieldLikeSearched(schema) : field;
        Object key = id.isBoolean() ? null : Values.coerce(Values.scalar(id), schema.keyType());
        if (key == null) {
            query.add(
                    ErrorCode.INVALID_VALUE,
                    "id",
                    JsonObject.describe(id) + " is no " + schema.keyType() + ", which the key of \"" + schema.name()
                            + "\" is");
        }
        if (stored == null || key == null) {
            return null;
        }
        if (stored.dimension() != field.dimension()) {
            query.add(
                    ErrorCode.INVALID_DIMENSION,
                    "field",
                    "field \"" + stored.name() + "\" of \"" + schema.name() + "\" has " + stored.dimension()
                            + " dimensions, field \"" + field.name() + "\" needs " + field.dimension());
        }
        return new OfKey(stored(schema, stored), key.toString());
    }

    /** Returns the VECTOR field that is called like the searched one, or else the only one. */
    private @Nullable Field fieldLikeSearched(CollectionSchema schema) {
        List<Field> vectors = schema.fields().stream()
                .filter(each -> each.type() == ValueType.VECTOR)
                .toList();
        for (Field each : vectors) {
            if (each.name().equals(field.name()) || vectors.size() == 1) {
                return each;
            }
        }
        List<String> names = vectors.stream().map(Field::name).toList();
        query.add(
                names.isEmpty()
                        ? Problem.at(
                                ErrorCode.NOT_FOUND_FIELD,
                                query.path("field"),
                                "collection \"" + schema.name() + "\" has no VECTOR field")
                        : Problem.at(
                                        ErrorCode.INVALID_AMBIGUOUS,
                                        query.path("field"),
                                        "several VECTOR fields could be meant: name one")
                                .withAllowed(names));
        return null;
    }

    private static StoredVector stored(CollectionSchema schema, Field field) {
        return new StoredVector(schema.id(), schema.name(), schema.keyType() == ValueType.INT, field.name());
    }

    private RowQuery.@Nullable Row ofStep(boolean excludeSelf) {
        ResolvedStep step = scope.step(query.string("ref"));
        String named = query.string("field");
        if (step == null) {
            return null;
        }
        ColumnScope columns = new ColumnScope(step, null);
        String name = named == null ? keyColumn(columns) : named;
        int place = columns.find(name);
        if (place < 0) {
            query.add(columns.unknown(name, query.path("field")));
            return null;
        }
        ValueType type = columns.column(place).type();
        if (type == ValueType.STRING || type == ValueType.INT) {
            return new OfKeyColumn(stored(searched, field), step.place(), place);
        }
        if (type != ValueType.VECTOR) {
            query.add(
                    ErrorCode.INVALID_TYPE,
                    "field",
                    "column \"" + name + "\" is a " + type + ", a search goes by a VECTOR, or by a STRING or INT key");
            return null;
        }
        int key = columns.find(keyColumn(columns));
        if (excludeSelf && key < 0) {
            query.add(
                    ErrorCode.INVALID_PLAN,
                    "exclude_self",
                    "step \"" + step.id() + "\" has no column \"id\" that says which row it is");
        }
        return new OfVectorColumn(step.place(), place, key);
    }

    /** Returns {@code id}, or the name of the primary key where the step has only that. */
    private String keyColumn(ColumnScope columns) {
        List<String> key = searched.primaryKey();
        boolean named = key.size() == 1 && columns.find(FragmentOperation.ID) < 0 && columns.find(key.get(0)) >= 0;
        return named ? key.get(0) : FragmentOperation.ID;
    }
}
