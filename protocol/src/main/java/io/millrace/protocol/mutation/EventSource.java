package io.millrace.protocol.mutation;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One topic of events and how its records are read.
 *
 * @param collection for Debezium, the collection of its rows; null for the table that a record names
 * @param keyFields for Debezium, the columns of the key, where records have none; empty to take the record's key
 */
public record EventSource(
        String topic, Format format, @Nullable String collection, List<String> keyFields) implements Serializable {
    /** How the values of a topic are written. */
    public enum Format {
        /** The envelope of Millrace: {@code op}, {@code collection}, {@code id}, {@code fields} … */
        JSON,
        /** The change event of Debezium, with or without its schema. */
        DEBEZIUM
    }

    public EventSource {
        keyFields = List.copyOf(keyFields);
    }

    public static EventSource json(String topic) {
        return new EventSource(topic, Format.JSON, null, List.of());
    }
}
