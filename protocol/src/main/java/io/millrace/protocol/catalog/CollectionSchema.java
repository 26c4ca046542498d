package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A collection: a named set of typed rows.
 *
 * @param id the control offset that created it, so that a name that was dropped and created again sees nothing old
 * @param fields in declared order; a field keeps its place for ever, new ones are added behind
 * @param primaryKey names of the key's fields, STRING or INT, at least one
 * @param timeField the TIMESTAMP field that is the event time; null for the Kafka timestamp
 * @param retentionMs rows older than this, counted back from the greatest event time, go; null for never
 */
public record CollectionSchema(
        long id,
        String name,
        List<Field> fields,
        List<String> primaryKey,
        @Nullable String timeField,
        @Nullable Long retentionMs,
        UnknownFields unknownFields) {
    public CollectionSchema {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(unknownFields, "unknownFields");
        fields = List.copyOf(fields);
        primaryKey = List.copyOf(primaryKey);
    }

    /** Returns the field, or empty. Names are case-sensitive. */
    public Optional<Field> field(String fieldName) {
        int index = fieldIndex(fieldName);
        return index < 0 ? Optional.empty() : Optional.of(fields.get(index));
    }

    /** Returns the place of the field in {@link #fields}, or -1. */
    public int fieldIndex(String fieldName) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(fieldName)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the type of {@code id} in answers: INT for a single INT key, STRING for every other. */
    @JsonIgnore
    public ValueType keyType() {
        return primaryKey.size() == 1 ? field(primaryKey.get(0)).orElseThrow().type() : ValueType.STRING;
    }

    CollectionSchema withId(long newId) {
        return new CollectionSchema(newId, name, fields, primaryKey, timeField, retentionMs, unknownFields);
    }

    CollectionSchema withField(Field field) {
        List<Field> all = new ArrayList<>(fields);
        all.add(field);
        return new CollectionSchema(id, name, all, primaryKey, timeField, retentionMs, unknownFields);
    }
}
