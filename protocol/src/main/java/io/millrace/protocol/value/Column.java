package io.millrace.protocol.value;

import java.util.Objects;

/** A named, typed column of a result. */
public record Column(String name, ValueType type) {
    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
    }
}
