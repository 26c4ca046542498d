package io.millrace.protocol.catalog;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directed, typed link between the rows of two collections.
 *
 * @param id the control offset that created it
 * @param fields properties of an edge, in declared order
 * @param timeField the TIMESTAMP property that is the event time; null for the Kafka timestamp
 */
public record EdgeType(
        long id,
        String name,
        String fromCollection,
        String toCollection,
        List<Field> fields,
        @Nullable String timeField,
        @Nullable Long retentionMs,
        Freshness freshness) {
    public EdgeType {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(fromCollection, "fromCollection");
        Objects.requireNonNull(toCollection, "toCollection");
        Objects.requireNonNull(freshness, "freshness");
        fields = List.copyOf(fields);
    }

    public Optional<Field> field(String fieldName) {
        return fields.stream().filter(field -> field.name().equals(fieldName)).findFirst();
    }

    EdgeType withId(long newId) {
        return new EdgeType(newId, name, fromCollection, toCollection, fields, timeField, retentionMs, freshness);
    }
}
