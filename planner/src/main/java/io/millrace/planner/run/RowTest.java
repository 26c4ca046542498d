package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern.Label;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import org.jspecify.annotations.Nullable;

/** What a label says of a vertex that may exist by its edges alone: it has its id, and every field is null. */
final class RowTest {
    private RowTest() {}

    /** Returns whether only a vertex that has a row can pass. */
    static boolean needsRow(Label label) {
        return !label.filter().fields().contains(FragmentOperation.ID)
                && !PredicateEvaluator.matches(label.filter(), name -> null);
    }

    static boolean passesWithoutRow(Predicate filter, Vertex vertex) {
        Predicate.Row row = name -> fieldWithoutRow(name, vertex);
        return PredicateEvaluator.matches(filter, row);
    }

    private static @Nullable Object fieldWithoutRow(String name, Vertex vertex) {
        return name.equals(FragmentOperation.ID) ? vertex.id() : null;
    }
}
