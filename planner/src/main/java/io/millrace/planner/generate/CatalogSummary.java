package io.millrace.planner.generate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A catalog as a model is told of it: each collection with its fields, its event types, the edge types that go out from it and
 * its vector indexes. Equal catalogs give equal texts. What does not fit into the bound is left out, whole collections
 * at a time, and their number is told.
 */
final class CatalogSummary {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CatalogSummary() {}

    /** @param charsMax of the text */
    static String of(Catalog catalog, int charsMax) {
        Map<String, List<EventType>> events =
                by(catalog.eventTypes().values(), EventType::collection, Comparator.comparing(EventType::name));
        Map<String, List<EdgeType>> edges =
                by(catalog.edgeTypes().values(), EdgeType::fromCollection, Comparator.comparing(EdgeType::name));
        Map<String, List<VectorIndexDefinition>> indexes = by(
                catalog.vectorIndexes().values(),
                VectorIndexDefinition::collection,
                Comparator.comparing(VectorIndexDefinition::name));
        ObjectNode root = NODES.objectNode();
        ObjectNode collections = root.putObject("collections");
        int left = charsMax;
        int omitted = 0;
        for (CollectionSchema schema : new TreeMap<>(catalog.collections()).values()) {
            String name = schema.name();
            ObjectNode described = collection(schema);
            events.getOrDefault(name, List.of()).forEach(type -> addEventType(type, described));
            edges.getOrDefault(name, List.of()).forEach(type -> addEdgeType(type, described));
            indexes.getOrDefault(name, List.of()).forEach(index -> addIndex(index, described));
            int chars = name.length() + described.toString().length();
            if (chars <= left) {
                collections.set(name, described);
                left -= chars;
            } else {
                omitted++;
            }
        }
        if (omitted > 0) {
            root.put("collections_left_out", omitted);
        }
        return root.toString();
    }

    private static <T> Map<String, List<T>> by(
            Iterable<T> values, Function<T, String> collection, Comparator<T> order) {
        Map<String, List<T>> groups = new TreeMap<>();
        values.forEach(value -> groups.computeIfAbsent(collection.apply(value), name -> new ArrayList<>())
                .add(value));
        groups.values().forEach(group -> group.sort(order));
        return groups;
    }

    private static ObjectNode collection(CollectionSchema schema) {
        ObjectNode node = NODES.objectNode();
        schema.primaryKey().forEach(node.putArray("primary_key")::add);
        addFields(schema.fields(), node);
        if (schema.timeField() != null) {
            node.put("time_field", schema.timeField());
        }
        if (schema.retentionMs() != null) {
            node.put("retention_ms", schema.retentionMs());
        }
        return node;
    }

    private static void addEventType(EventType type, ObjectNode collection) {
        type.fields().forEach(collection.withObject("/event_types").putArray(type.name())::add);
    }

    private static void addEdgeType(EdgeType type, ObjectNode collection) {
        ObjectNode node = collection.withObject("/edge_types_out").putObject(type.name());
        node.put("to", type.toCollection());
        addFields(type.fields(), node);
    }

    private static void addIndex(VectorIndexDefinition index, ObjectNode collection) {
        ObjectNode node = collection.withObject("/vector_indexes").putObject(index.name());
        node.put("field", index.field());
        node.put("metric", index.metric().name().toLowerCase(Locale.ROOT));
        if (index.embedFrom() != null) {
            node.put("embeds", index.embedFrom());
        }
    }

    private static void addFields(List<Field> fields, ObjectNode node) {
        ObjectNode types = node.putObject("fields");
        for (Field field : fields) {
            String type = field.type().name();
            types.put(field.name(), field.type() == ValueType.VECTOR ? type + "(" + field.dimension() + ")" : type);
        }
    }
}
