package io.millrace.planner.query;

import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.query.Term.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a plan has so far.
 *
 * @param step that gives them
 * @param values of each row, in the order of its columns
 * @param join with another step that is still to be done, whose columns are the last of {@code values}; null for none
 */
record Rows(int step, List<Value> values, @Nullable Join join) {
    Rows {
        values = List.copyOf(values);
    }

    Rows(int step, List<Value> values) {
        this(step, values, null);
    }

    boolean has(Value value) {
        return values.contains(value);
    }

    /** @throws IllegalStateException if rows do not have the value: the planner has forgotten to ask for it */
    int place(Value value) {
        int place = values.indexOf(value);
        if (place < 0) {
            throw new IllegalStateException("no column has " + value);
        }
        return place;
    }

    List<Integer> places(List<? extends Value> wanted) {
        List<Integer> places = new ArrayList<>();
        wanted.forEach(value -> places.add(place(value)));
        return places;
    }

    List<Integer> dependencies() {
        return join == null ? List.of(step) : List.of(step, join.step());
    }
}
