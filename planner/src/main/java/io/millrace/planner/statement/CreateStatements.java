package io.millrace.planner.statement;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.AddFieldContext;
import io.millrace.planner.grammar.MillraceParser.CreateCollectionContext;
import io.millrace.planner.grammar.MillraceParser.CreateEdgeTypeContext;
import io.millrace.planner.grammar.MillraceParser.CreateEventTypeContext;
import io.millrace.planner.grammar.MillraceParser.ElementContext;
import io.millrace.planner.grammar.MillraceParser.EventFieldContext;
import io.millrace.planner.grammar.MillraceParser.FieldContext;
import io.millrace.planner.grammar.MillraceParser.FieldElementContext;
import io.millrace.planner.grammar.MillraceParser.KeyElementContext;
import io.millrace.planner.grammar.MillraceParser.NameContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes changes of the catalog of CREATE and ALTER statements, but for vector indexes. */
final class CreateStatements {
    private final Catalog catalog;
    private final Map<String, JsonNode> parameters;
    private final Words words;

    CreateStatements(Catalog catalog, Map<String, JsonNode> parameters, Words words) {
        this.catalog = catalog;
        this.parameters = parameters;
        this.words = words;
    }

    CatalogChange createCollection(CreateCollectionContext tree) {
        String name = words.newName(tree.name());
        List<Field> fields = new ArrayList<>();
        List<NameContext> key = new ArrayList<>();
        int keys = 0;
        for (ElementContext element : tree.element()) {
            if (element instanceof FieldElementContext field) {
                addField(field.field(), fields);
                if (field.field().KEY() != null) {
                    key.add(field.field().name());
                    keys++;
                }
            } else if (element instanceof KeyElementContext composite) {
                key.addAll(composite.name());
                keys++;
            }
        }
        if (keys != 1) {
            words.report(
                    tree,
                    ErrorCode.INVALID_KEY,
                    "a collection needs one PRIMARY KEY, got " + keys
                            + ": for several fields write PRIMARY KEY (a, b)");
        }
        List<String> primaryKey = primaryKey(key, fields);
        Options options = new Options(tree.with(), parameters, words.problems());
        String timeField = timeField(options, fields);
        Long retentionMs = options.durationMs("retention");
        boolean skip = "skip".equals(options.choice("unknown_fields", List.of("error", "skip")));
        options.finish("a collection");
        return new CatalogChange.CreateCollection(
                new CollectionSchema(
                        0,
                        name,
                        fields,
                        primaryKey,
                        timeField,
                        retentionMs,
                        skip ? UnknownFields.SKIP : UnknownFields.ERROR),
                tree.ifNotExists() != null);
    }

    private void addField(FieldContext tree, List<Field> fields) {
        String name = words.newName(tree.name());
        Field field = words.field(name, tree.type());
        if (fields.stream().anyMatch(each -> each.name().equals(name))) {
            words.report(tree, ErrorCode.INVALID_FIELD, "field \"" + name + "\" is there twice");
        } else if (field != null) {
            fields.add(field);
        }
    }

    private List<String> primaryKey(List<NameContext> key, List<Field> fields) {
        List<String> names = new ArrayList<>();
        for (NameContext tree : key) {
            String name = Words.name(tree);
            Field field = find(fields, name);
            if (field != null && field.type() != ValueType.STRING && field.type() != ValueType.INT) {
                words.report(
                        tree,
                        ErrorCode.INVALID_KEY,
                        "a key must be STRING or INT, \"" + name + "\" is " + field.type());
            } else if (field == null && words.problems().isEmpty()) {
                words.report(tree, ErrorCode.INVALID_KEY, "the key \"" + name + "\" is no field");
            } else if (names.contains(name)) {
                words.report(tree, ErrorCode.INVALID_KEY, "the key has \"" + name + "\" twice");
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private static @Nullable Field find(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String timeField(Options options, List<Field> fields) {
        String name = options.text("time_field");
        List<String> timestamps = fields.stream()
                .filter(field -> field.type() == ValueType.TIMESTAMP)
                .map(Field::name)
                .toList();
        if (name != null && !timestamps.contains(name)) {
            options.report(
                    ErrorCode.INVALID_OPTION,
                    "time_field",
                    "option \"time_field\" must name a TIMESTAMP field, got \"" + name + "\"",
                    timestamps,
                    name);
        }
        return name;
    }

    CatalogChange addField(AddFieldContext tree) {
        CollectionSchema schema = collection(tree.name());
        FieldContext added = tree.field();
        String name = words.newName(added.name());
        Field field = words.field(name, added.type());
        if (added.KEY() != null) {
            words.report(added, ErrorCode.INVALID_KEY, "the primary key of a collection cannot be changed");
        }
        String collection = schema == null ? "" : schema.name();
        return new CatalogChange.AddField(collection, field == null ? new Field(name, ValueType.STRING) : field);
    }

    CatalogChange createEventType(CreateEventTypeContext tree) {
        String name = words.newName(tree.name(0));
        CollectionSchema schema = collection(tree.name(1));
        List<String> fields = new ArrayList<>();
        for (EventFieldContext each : tree.eventField()) {
            String field = Words.name(each.name());
            if (fields.contains(field)) {
                words.report(each, ErrorCode.INVALID_FIELD, "field \"" + field + "\" is there twice");
            } else if (schema != null) {
                checkEventField(each, field, schema);
            }
            fields.add(field);
        }
        Options options = new Options(tree.with(), parameters, words.problems());
        String policy = options.choice("policy", List.of("error", "skip", "accept"));
        options.finish("an event type");
        EventType type = new EventType(
                0,
                name,
                schema == null ? "" : schema.name(),
                fields,
                policy == null ? EventTypePolicy.ERROR : EventTypePolicy.valueOf(policy.toUpperCase(Locale.ROOT)));
        return new CatalogChange.CreateEventType(type, tree.ifNotExists() != null);
    }

    private void checkEventField(EventFieldContext tree, String name, CollectionSchema schema) {
        List<String> existing = schema.fields().stream().map(Field::name).toList();
        Field declared = tree.type() == null ? null : words.field(name, tree.type());
        Field field = schema.field(name).orElse(null);
        if (field == null) {
            words.problems()
                    .add(Words.at(
                                    tree,
                                    ErrorCode.NOT_FOUND_FIELD,
                                    "collection \"" + schema.name() + "\" has no field \"" + name + "\"")
                            .withAllowed(existing)
                            .withNearest(Nearest.of(name, existing)));
        } else if (declared != null && !declared.equals(field)) {
            words.report(
                    tree,
                    ErrorCode.INVALID_TYPE,
                    "field \"" + name + "\" is " + Types.of(field) + " in collection \"" + schema.name() + "\", not "
                            + Types.of(declared));
        }
    }

    CatalogChange createEdgeType(CreateEdgeTypeContext tree) {
        String name = words.newName(tree.name(0));
        CollectionSchema from = collection(tree.name(1));
        CollectionSchema to = collection(tree.name(2));
        List<Field> fields = new ArrayList<>();
        for (FieldContext field : tree.field()) {
            addField(field, fields);
            if (field.KEY() != null) {
                words.report(field, ErrorCode.INVALID_KEY, "an edge has no PRIMARY KEY");
            }
        }
        Options options = new Options(tree.with(), parameters, words.problems());
        String timeField = timeField(options, fields);
        Long retentionMs = options.durationMs("retention");
        var freshness = FreshnessOptions.read(
                options, List.of(FreshnessMode.IMMEDIATE, FreshnessMode.BATCHED, FreshnessMode.ASYNC));
        options.finish("an edge type");
        EdgeType type = new EdgeType(
                0,
                name,
                from == null ? "" : from.name(),
                to == null ? "" : to.name(),
                fields,
                timeField,
                retentionMs,
                freshness);
        return new CatalogChange.CreateEdgeType(type, tree.ifNotExists() != null);
    }

    @Nullable CollectionSchema collection(NameContext tree) {
        String name = Words.name(tree);
        CollectionSchema schema = catalog.collections().get(name);
        if (schema == null) {
            words.notFound(
                    tree,
                    ErrorCode.NOT_FOUND_COLLECTION,
                    "collection",
                    name,
                    catalog.collections().keySet());
        }
        return schema;
    }
}
