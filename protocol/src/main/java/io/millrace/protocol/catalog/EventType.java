package io.millrace.protocol.catalog;

import java.util.List;
import java.util.Objects;

/**
 * A registered kind of event. Its name is unique over all collections and selects the collection.
 *
 * @param id the control offset that created it
 * @param fields names of the collection's fields that such an event may have
 */
public record EventType(long id, String name, String collection, List<String> fields, EventTypePolicy policy) {
    public EventType {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(collection, "collection");
        Objects.requireNonNull(policy, "policy");
        fields = List.copyOf(fields);
    }

    EventType withId(long newId) {
        return new EventType(newId, name, collection, fields, policy);
    }
}
