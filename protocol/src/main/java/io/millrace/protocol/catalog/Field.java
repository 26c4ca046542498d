package io.millrace.protocol.catalog;

import io.millrace.protocol.value.ValueType;
import java.util.Objects;

/**
 * A named, typed field.
 *
 * @param dimension components of a VECTOR, from 1 to {@link #DIMENSION_MAX}; 0 for every other type
 */
public record Field(String name, ValueType type, int dimension) {
    public static final int DIMENSION_MAX = 16_384;

    public Field {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        if (type == ValueType.VECTOR ? dimension < 1 || dimension > DIMENSION_MAX : dimension != 0) {
            throw new IllegalArgumentException("dimension of " + name + " " + type + " must not be " + dimension);
        }
    }

    public Field(String name, ValueType type) {
        this(name, type, 0);
    }
}
