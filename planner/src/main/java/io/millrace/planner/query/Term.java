package io.millrace.planner.query;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.value.ValueType;
import org.jspecify.annotations.Nullable;

/** A value that a statement names, resolved. Equal terms have equal values in every row. */
sealed interface Term {
    /** What a row of the result can have: everything but a constant. */
    sealed interface Value extends Term {
        ValueType type();
    }

    /** A field or pseudo column of a relation. */
    record Field(int relation, String name, ValueType type) implements Value {}

    /** The value of a metric between a VECTOR field and a vector. */
    record Score(int relation, String field, Metric metric, QueryVector vector) implements Value {
        @Override
        public ValueType type() {
            return ValueType.DOUBLE;
        }
    }

    /** @param of null where {@code COUNT} counts rows */
    record Aggregate(AggregateFunction function, @Nullable Value of, ValueType type) implements Value {}

    /**
     * What stands in the statement or in its parameters.
     *
     * @param raw a String, Boolean, Long, Double, or a List of those; null for NULL
     */
    record Constant(@Nullable Object raw) implements Term {}
}
