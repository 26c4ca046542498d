package io.millrace.planner.parse;

import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step may name of a collection, or of one event type in it: an event type that does not accept others has its
 * own fields, the key and the event time.
 */
public record CollectionFields(
        CollectionSchema schema, @Nullable EventType eventType) {
    /** Returns the visible fields in declared order. */
    List<Field> visible() {
        if (eventType == null || eventType.policy() == EventTypePolicy.ACCEPT) {
            return schema.fields();
        }
        EventType type = eventType;
        return schema.fields().stream()
                .filter(field -> type.fields().contains(field.name())
                        || schema.primaryKey().contains(field.name())
                        || field.name().equals(schema.timeField()))
                .toList();
    }

    /** Returns the visible fields and the pseudo columns, with their types. */
    public FieldTypes types() {
        Map<String, ValueType> types = new LinkedHashMap<>();
        visible().forEach(field -> types.put(field.name(), field.type()));
        if (schema.fieldIndex(FragmentOperation.ID) < 0) {
            types.put(FragmentOperation.ID, schema.keyType());
        }
        if (schema.fieldIndex(FragmentOperation.TIMESTAMP) < 0) {
            types.put(FragmentOperation.TIMESTAMP, ValueType.TIMESTAMP);
        }
        if (schema.fieldIndex(FragmentOperation.EVENT_TYPE) < 0) {
            types.put(FragmentOperation.EVENT_TYPE, ValueType.STRING);
        }
        String owner =
                eventType == null ? "collection \"" + schema.name() + "\"" : "event type \"" + eventType.name() + "\"";
        return new FieldTypes(owner, types);
    }

    /** Returns the columns of an answer that names none: {@code id}, then every other visible field but vectors. */
    public List<Column> defaultColumns() {
        List<Column> columns = new ArrayList<>();
        columns.add(idColumn());
        for (Field field : visible()) {
            if (field.type() != ValueType.VECTOR && !field.name().equals(FragmentOperation.ID)) {
                columns.add(new Column(field.name(), field.type()));
            }
        }
        return columns;
    }

    /** Returns the key, or the field that the collection calls {@code id}. */
    public Column idColumn() {
        ValueType type = schema.field(FragmentOperation.ID).map(Field::type).orElse(schema.keyType());
        return new Column(FragmentOperation.ID, type);
    }

    /** Returns whether {@code column} is what shards put in front of every row. */
    public boolean isKey(String column) {
        return column.equals(FragmentOperation.ID)
                && (schema.fieldIndex(FragmentOperation.ID) < 0
                        || schema.primaryKey().equals(List.of(FragmentOperation.ID)));
    }
}
