package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What several operations share: finding collections and event types, projections and orders. */
final class Selections {
    private Selections() {}

    static @Nullable CollectionSchema collection(JsonObject params, String name, Catalog catalog) {
        String collection = params.string(name);
        if (collection == null) {
            return null;
        }
        CollectionSchema schema = catalog.collections().get(collection);
        if (schema == null) {
            params.add(notFound(
                    ErrorCode.NOT_FOUND_COLLECTION,
                    "collection",
                    collection,
                    params.path(name),
                    catalog.collections().keySet()));
        }
        return schema;
    }

    static @Nullable EventType eventType(JsonObject params, String name, Catalog catalog) {
        String eventType = params.string(name);
        if (eventType == null) {
            return null;
        }
        EventType found = catalog.eventTypes().get(eventType);
        if (found == null) {
            params.add(notFound(
                    ErrorCode.NOT_FOUND_EVENT_TYPE,
                    "event type",
                    eventType,
                    params.path(name),
                    catalog.eventTypes().keySet()));
        }
        return found;
    }

    static Problem notFound(ErrorCode code, String kind, String name, String path, Collection<String> existing) {
        return Problem.at(code, path, "there is no " + kind + " \"" + JsonObject.shortened(name) + "\"")
                .withAllowed(existing.stream().limit(100).toList())
                .withNearest(Nearest.of(name, existing));
    }

    /**
     * Returns the collection that an event type and a collection name together select; null with a problem where they
     * contradict each other or neither is given.
     */
    static @Nullable CollectionFields fields(JsonObject params, Catalog catalog) {
        CollectionSchema schema = collection(params, "collection", catalog);
        EventType eventType = eventType(params, "event_type", catalog);
        if (!params.has("collection") && !params.has("event_type")) {
            params.add(ErrorCode.INVALID_PLAN, "collection", "\"collection\" or \"event_type\" is missing");
            return null;
        }
        return join(params, "event_type", schema, eventType, catalog);
    }

    static @Nullable CollectionFields join(
            JsonObject params,
            String name,
            @Nullable CollectionSchema schema,
            @Nullable EventType eventType,
            Catalog catalog) {
        if (eventType == null) {
            boolean eventTypeWrong = params.has(name);
            return schema == null || eventTypeWrong ? null : new CollectionFields(schema, null);
        }
        if (schema != null && !eventType.collection().equals(schema.name())) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    name,
                    "event type \"" + eventType.name() + "\" belongs to collection \"" + eventType.collection()
                            + "\", not to \"" + schema.name() + "\"");
            return null;
        }
        CollectionSchema own = catalog.collections().get(eventType.collection());
        return own == null ? null : new CollectionFields(own, eventType);
    }

    /** Returns the projected names that are known; those that are not, or come twice, are reported. */
    static List<String> project(JsonObject params, FieldTypes types) {
        List<String> names = params.strings("project");
        List<String> known = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String path = params.path("project") + "[" + i + "]";
            if (types.type(names.get(i)) == null) {
                params.add(types.unknown(names.get(i), path));
            } else if (known.contains(names.get(i))) {
                params.add(
                        Problem.at(ErrorCode.INVALID_FIELD, path, "field \"" + names.get(i) + "\" is projected twice"));
            } else {
                known.add(names.get(i));
            }
        }
        if (params.has("project") && names.isEmpty()) {
            params.add(ErrorCode.INVALID_VALUE, "project", "\"project\" must name a field");
        }
        return known;
    }

    /** Returns the keys of {@code order_by}: names, {@code "name desc"}, or {@code {"field", "order"}}. */
    static List<SortKey> orderBy(JsonObject params) {
        JsonNode node = params.take("order_by");
        if (node == null) {
            return List.of();
        }
        List<SortKey> keys = new ArrayList<>();
        if (!node.isArray()) {
            addKey(params, node, params.path("order_by"), keys);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            addKey(params, node.get(i), params.path("order_by") + "[" + i + "]", keys);
        }
        return keys;
    }

    private static void addKey(JsonObject params, JsonNode node, String path, List<SortKey> keys) {
        if (node.isTextual()) {
            String[] words = node.textValue().trim().split("\\s+");
            boolean directed =
                    words.length == 2 && words[1].toLowerCase(Locale.ROOT).matches("asc|desc");
            String column = directed ? words[0] : node.textValue();
            keys.add(new SortKey(column, directed && words[1].equalsIgnoreCase("desc")));
            return;
        }
        List<Problem> problems = new ArrayList<>();
        JsonObject key = new JsonObject(node, path, problems);
        String field = key.requiredString("field");
        String order = key.string("order");
        if (order != null && !order.toLowerCase(Locale.ROOT).matches("asc|desc")) {
            key.add(Problem.at(
                            ErrorCode.INVALID_VALUE,
                            key.path("order"),
                            "unknown order \"" + JsonObject.shortened(order) + "\"")
                    .withAllowed(List.of("asc", "desc"))
                    .withNearest(Nearest.of(order, List.of("asc", "desc"))));
        }
        key.finish();
        problems.forEach(params::add);
        if (field != null) {
            keys.add(new SortKey(field, "desc".equalsIgnoreCase(order)));
        }
    }

    /** Returns the sort keys whose fields exist and can be ordered; others are reported. */
    static List<SortKey> orderBy(JsonObject params, FieldTypes types) {
        List<SortKey> known = new ArrayList<>();
        for (SortKey key : orderBy(params)) {
            ValueType type = types.type(key.column());
            if (type == null) {
                Problem unknown = types.unknown(key.column(), params.path("order_by"));
                boolean words = key.column().trim().contains(" ");
                params.add(words ? unknown.withHint("write \"field\", \"field asc\" or \"field desc\"") : unknown);
            } else if (type == ValueType.VECTOR) {
                params.add(ErrorCode.INVALID_TYPE, "order_by", "a VECTOR has no order: \"" + key.column() + "\"");
            } else {
                known.add(key);
            }
        }
        return known;
    }

    /** Returns the value that must be one of {@code allowed}, in any case; null where it is missing or wrong. */
    static @Nullable String choice(JsonObject params, String name, List<String> allowed) {
        String value = params.string(name);
        if (value == null) {
            return null;
        }
        String lower = value.toLowerCase(Locale.ROOT);
        if (allowed.contains(lower)) {
            return lower;
        }
        params.add(Problem.at(
                        ErrorCode.INVALID_VALUE,
                        params.path(name),
                        "unknown " + name + " \"" + JsonObject.shortened(value) + "\"")
                .withAllowed(allowed)
                .withNearest(Nearest.of(value, allowed)));
        return null;
    }
}
