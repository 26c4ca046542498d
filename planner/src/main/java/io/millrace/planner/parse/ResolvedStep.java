package io.millrace.planner.parse;

import io.millrace.planner.plan.Step;
import io.millrace.protocol.value.Column;
import java.util.List;
import java.util.Set;

/**
 * A step that later ones can build on.
 *
 * @param counts places of the columns that are counts, so that a missing one compares as 0
 */
record ResolvedStep(int place, Step step, Set<Integer> counts) {
    ResolvedStep {
        counts = Set.copyOf(counts);
    }

    String id() {
        return step.id();
    }

    List<Column> columns() {
        return step.columns();
    }

    int columnIndex(String name) {
        List<Column> columns = step.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
