package io.millrace.planner.query;

import java.util.Arrays;

/** A vector that a statement compares with. Two are equal if their components are. */
record QueryVector(float[] components) {
    @Override
    public boolean equals(Object other) {
        return other instanceof QueryVector vector && Arrays.equals(components, vector.components);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(components);
    }
}
