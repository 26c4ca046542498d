package io.millrace.planner.plan;

import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shards group for a step.
 *
 * @param step its place
 * @param main its keys and every metric but those of distinct values, and which rows are grouped
 * @param distinct for each of its metrics, in their order, the grouping whose last key is the counted column; null
 *     for every other metric
 */
public record StepGrouping(int step, Grouping main, List<@Nullable Grouping> distinct) {
    public StepGrouping {
        distinct = Collections.unmodifiableList(new ArrayList<>(distinct));
    }

    /** Returns which of the selected rows are grouped. */
    public Predicate filter() {
        return main.filter();
    }

    /** Returns the same of other rows. */
    public StepGrouping of(Predicate filter) {
        List<@Nullable Grouping> others = new ArrayList<>();
        distinct.forEach(each -> others.add(each == null ? null : each.of(filter)));
        return new StepGrouping(step, main.of(filter), others);
    }
}
