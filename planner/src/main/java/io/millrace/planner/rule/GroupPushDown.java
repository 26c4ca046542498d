package io.millrace.planner.rule;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.StepGrouping;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets the shards group the rows of a scan whose rows nobody else asks for: a count over a million rows then moves no row,
 * and no bound on rows makes it fail. A scan stays as it is where it has a limit of its own, where it is read by keys, or
 * where its rows are part of the answer.
 */
public final class GroupPushDown {
    private GroupPushDown() {}

    /** @param returnAll whether the rows of every step are part of the answer */
    public static Plan apply(Plan plan, boolean returnAll) {
        List<Integer> answered = plan.answered(returnAll);
        List<Step> steps = new ArrayList<>(plan.steps());
        for (int place = 0; place < steps.size(); place++) {
            if (steps.get(place) instanceof DocumentScan scan && !answered.contains(place)) {
                List<StepGrouping> groupings = groupings(plan, place, scan);
                if (groupings != null) {
                    steps.set(place, new DocumentGroups(scan.head(), scan.collection(), scan.selection(), groupings));
                }
            }
        }
        return new Plan(plan.id(), steps, plan.renders(), plan.warnings(), plan.source());
    }

    /** Returns what every step that depends on the scan groups; null where one does something else. */
    private static @Nullable List<StepGrouping> groupings(Plan plan, int scanPlace, DocumentScan scan) {
        if (scan.keys() != null || scan.limit().asked()) {
            return null;
        }
        List<StepGrouping> groupings = new ArrayList<>();
        for (int place = 0; place < plan.steps().size(); place++) {
            Step step = plan.steps().get(place);
            if (step.dependencies().contains(scanPlace)) {
                StepGrouping grouping = grouping(place, step, scanPlace, scan.columns());
                if (grouping == null) {
                    return null;
                }
                groupings.add(grouping);
            }
        }
        return groupings;
    }

    private static @Nullable StepGrouping grouping(int place, Step step, int input, List<Column> columns) {
        if (step instanceof ComputeAggregate aggregate && aggregate.input() == input) {
            List<Grouping.Key> keys = aggregate.groupBy().stream()
                    .map(column -> new Grouping.Key(columns.get(column).name(), null))
                    .toList();
            return grouping(place, keys, aggregate.aggregates(), columns);
        }
        if (step instanceof ComputeTimeline timeline && timeline.input() == input) {
            Grouping.Key time =
                    new Grouping.Key(columns.get(timeline.timeColumn()).name(), timeline.bucket());
            return grouping(place, List.of(time), List.of(timeline.aggregate()), columns);
        }
        return null;
    }

    private static @Nullable StepGrouping grouping(
            int place, List<Grouping.Key> keys, List<Aggregate> aggregates, List<Column> columns) {
        List<Grouping.Metric> metrics = new ArrayList<>();
        List<@Nullable Grouping> distinct = new ArrayList<>();
        for (Aggregate aggregate : aggregates) {
            Column column = aggregate.column() < 0 ? null : columns.get(aggregate.column());
            if (column != null && column.type() == ValueType.VECTOR) {
                return null; // Vectors are kept apart from the rows that shards group.
            }
            if (column != null && aggregate.function() == AggregateFunction.COUNT_DISTINCT) {
                List<Grouping.Key> withValue = new ArrayList<>(keys);
                withValue.add(new Grouping.Key(column.name(), null));
                distinct.add(new Grouping(withValue, List.of()));
            } else {
                distinct.add(null);
                metrics.add(new Grouping.Metric(
                        aggregate.function(),
                        column == null ? null : column.name(),
                        column != null && column.type() == ValueType.INT));
            }
        }
        return new StepGrouping(place, new Grouping(keys, metrics), distinct);
    }
}
