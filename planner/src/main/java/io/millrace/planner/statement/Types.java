package io.millrace.planner.statement;

import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.value.ValueType;

/** Types as statements write them. */
final class Types {
    private Types() {}

    /** Returns such as {@code INT} or {@code VECTOR(384)}. */
    static String of(Field field) {
        return field.type() == ValueType.VECTOR
                ? "VECTOR(" + field.dimension() + ")"
                : field.type().name();
    }
}
