package io.millrace.protocol.value;

import java.util.Locale;
import java.util.Optional;

/**
 * The type of a field. In memory a value is a {@link String}, {@link Boolean}, {@link Long} (INT, and TIMESTAMP as
 * epoch milliseconds), {@link Double}, {@code float[]} (VECTOR) or {@link JsonText}; null is a value of every type.
 */
public enum ValueType {
    STRING,
    BOOLEAN,
    INT,
    DOUBLE,
    TIMESTAMP,
    VECTOR,
    JSON;

    /** Returns the type that users write as {@code name}, in any case. */
    public static Optional<ValueType> parse(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (ValueType type : values()) {
            if (type.name().equals(upper)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public boolean isNumeric() {
        return this == INT || this == DOUBLE || this == TIMESTAMP;
    }
}
