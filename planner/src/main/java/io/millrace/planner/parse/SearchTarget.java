package io.millrace.planner.parse;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a vector search searches: a VECTOR field, and the index over it if there is one. A collection's only index, or
 * else its only VECTOR field, need not be named.
 */
record SearchTarget(
        CollectionFields fields, Field field, @Nullable VectorIndexDefinition index) {

    /** What the sender prefers, where a field has several indexes; null for no preference. */
    record Wanted(@Nullable Metric metric, @Nullable VectorEngine engine) {
        List<VectorIndexDefinition> of(List<VectorIndexDefinition> indexes) {
            List<VectorIndexDefinition> ofMetric = metric == null
                    ? indexes
                    : indexes.stream().filter(index -> index.metric() == metric).toList();
            List<VectorIndexDefinition> ofEngine = engine == null
                    ? ofMetric
                    : ofMetric.stream()
                            .filter(index -> index.engine() == engine)
                            .toList();
            return ofEngine.isEmpty() ? ofMetric : ofEngine;
        }
    }

    static @Nullable SearchTarget find(JsonObject params, Catalog catalog, Wanted wanted) {
        CollectionSchema schema = Selections.collection(params, "collection", catalog);
        String eventTypeParam = params.has("event_type") ? "event_type" : "event_type_filter";
        EventType eventType = Selections.eventType(params, eventTypeParam, catalog);
        boolean both = params.has("event_type") && params.has("event_type_filter");
        if (both) {
            params.add(ErrorCode.INVALID_PLAN, "event_type_filter", "\"event_type\" says the same: give one of both");
        }
        String fieldName = params.string("field");
        String indexName = params.string("index");
        if (indexName != null) {
            return byIndex(params, catalog, indexName, eventTypeParam, eventType);
        }
        if (!params.has("collection") && !params.has(eventTypeParam)) {
            params.add(ErrorCode.INVALID_PLAN, "collection", "\"collection\", \"index\" or \"event_type\" is missing");
            return null;
        }
        CollectionFields fields = Selections.join(params, eventTypeParam, schema, eventType, catalog);
        if (fields == null) {
            return null;
        }
        Field field =
                fieldName == null ? onlyField(params, fields, catalog) : namedField(params, fields.schema(), fieldName);
        return field == null ? null : withIndex(params, fields, field, catalog, wanted);
    }

    private static @Nullable SearchTarget byIndex(
            JsonObject params, Catalog catalog, String name, String eventTypeParam, @Nullable EventType eventType) {
        VectorIndexDefinition index = catalog.vectorIndexes().get(name);
        if (index == null) {
            params.add(Selections.notFound(
                    ErrorCode.NOT_FOUND_INDEX,
                    "vector index",
                    name,
                    params.path("index"),
                    catalog.vectorIndexes().keySet()));
            return null;
        }
        String collection = params.string("collection");
        String field = params.string("field");
        if ((collection != null && !collection.equals(index.collection()))
                || (field != null && !field.equals(index.field()))) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    "index",
                    "vector index \"" + name + "\" is on field \"" + index.field() + "\" of collection \""
                            + index.collection() + "\"");
            return null;
        }
        CollectionSchema schema = catalog.collections().get(index.collection());
        CollectionFields fields = Selections.join(params, eventTypeParam, schema, eventType, catalog);
        if (schema == null || fields == null) {
            return null;
        }
        Field vector = schema.field(index.field()).orElse(null);
        return vector == null ? null : new SearchTarget(fields, vector, index);
    }

    static @Nullable Field namedField(JsonObject params, CollectionSchema schema, String name) {
        Field field = schema.field(name).orElse(null);
        List<String> vectors = vectorFields(schema);
        if (field == null) {
            params.add(Problem.at(
                            ErrorCode.NOT_FOUND_FIELD,
                            params.path("field"),
                            "collection \"" + schema.name() + "\" has no field \"" + JsonObject.shortened(name) + "\"")
                    .withAllowed(vectors)
                    .withNearest(Nearest.of(name, vectors)));
            return null;
        }
        if (field.type() != ValueType.VECTOR) {
            params.add(Problem.at(
                            ErrorCode.INVALID_TYPE,
                            params.path("field"),
                            "field \"" + name + "\" is a " + field.type() + ", a search needs a VECTOR")
                    .withAllowed(vectors));
            return null;
        }
        return field;
    }

    /** The field of the only index, or where no field has one, the only VECTOR field. */
    private static @Nullable Field onlyField(JsonObject params, CollectionFields fields, Catalog catalog) {
        CollectionSchema schema = fields.schema();
        List<String> indexed = catalog.indexesOf(schema.name()).stream()
                .map(VectorIndexDefinition::field)
                .distinct()
                .toList();
        List<String> candidates = indexed.isEmpty() ? vectorFields(schema) : indexed;
        if (candidates.isEmpty()) {
            params.add(ErrorCode.NOT_FOUND_FIELD, "field", "collection \"" + schema.name() + "\" has no VECTOR field");
            return null;
        }
        if (candidates.size() > 1) {
            params.add(ambiguous(params, "field", "several VECTOR fields could be meant: name one", candidates));
            return null;
        }
        return schema.field(candidates.get(0)).orElse(null);
    }

    private static @Nullable SearchTarget withIndex(
            JsonObject params, CollectionFields fields, Field field, Catalog catalog, Wanted wanted) {
        List<VectorIndexDefinition> indexes = catalog.indexesOf(fields.schema().name()).stream()
                .filter(index -> index.field().equals(field.name()))
                .toList();
        if (indexes.size() > 1) {
            List<VectorIndexDefinition> preferred = wanted.of(indexes);
            indexes = preferred.isEmpty() ? indexes.subList(0, 1) : preferred;
        }
        if (indexes.size() > 1) {
            List<String> names =
                    indexes.stream().map(VectorIndexDefinition::name).toList();
            params.add(ambiguous(params, "index", "several vector indexes could be meant: name one", names));
            return null;
        }
        return new SearchTarget(fields, field, indexes.isEmpty() ? null : indexes.get(0));
    }

    private static Problem ambiguous(JsonObject params, String name, String message, List<String> candidates) {
        return Problem.at(ErrorCode.INVALID_AMBIGUOUS, params.path(name), message)
                .withAllowed(candidates);
    }

    private static List<String> vectorFields(CollectionSchema schema) {
        return schema.fields().stream()
                .filter(field -> field.type() == ValueType.VECTOR)
                .map(Field::name)
                .toList();
    }
}
