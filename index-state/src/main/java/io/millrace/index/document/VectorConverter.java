package io.millrace.index.document;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import org.jspecify.annotations.Nullable;

/** Checks and narrows the vectors of events: the right dimension, every component a finite float. */
final class VectorConverter {
    private VectorConverter() {}

    /** Returns what is wrong with {@code value}, an event's value that is not null, as a vector; null for nothing. */
    static @Nullable Problem check(Field field, @Nullable Object value) {
        if (!(value instanceof double[] numbers)) {
            return Problem.of(
                    ErrorCode.INVALID_TYPE,
                    "field \"" + field.name() + "\" needs an array of numbers, got another value");
        }
        if (numbers.length != field.dimension()) {
            return Problem.of(
                    ErrorCode.INVALID_DIMENSION,
                    "vector has " + numbers.length + " dimensions, field \"" + field.name() + "\" needs "
                            + field.dimension());
        }
        for (int i = 0; i < numbers.length; i++) {
            if (!Float.isFinite((float) numbers[i])) {
                return Problem.of(
                        ErrorCode.INVALID_VALUE,
                        "component " + i + " of vector \"" + field.name() + "\" is no finite float: " + numbers[i]);
            }
        }
        return null;
    }

    static float[] narrow(double[] numbers) {
        float[] vector = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            vector[i] = (float) numbers[i];
        }
        return vector;
    }
}
