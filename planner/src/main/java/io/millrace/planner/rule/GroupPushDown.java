package io.millrace.planner.rule;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.StepGrouping;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets the shards group the rows of a scan whose rows nobody else asks for: a count over a million rows then moves no row,
 * and no bound on rows makes it fail. Filters between the scan and its groups go with it, each to the groups behind it. A
 * scan stays as it is where it, or such a filter, has a limit of its own, where it is read by keys, where a condition is
 * nothing that shards can evaluate, or where its rows, or those of the filter, are part of the answer.
 */
public final class GroupPushDown {
    private final Plan plan;
    private final List<Integer> answered;

    private GroupPushDown(Plan plan, List<Integer> answered) {
        this.plan = plan;
        this.answered = answered;
    }

    /** @param returnAll whether the rows of every step are part of the answer */
    public static Plan apply(Plan plan, boolean returnAll) {
        GroupPushDown rule = new GroupPushDown(plan, plan.answered(returnAll));
        List<Step> steps = new ArrayList<>(plan.steps());
        for (int place = 0; place < steps.size(); place++) {
            if (steps.get(place) instanceof DocumentScan scan
                    && scan.keys() == null
                    && !scan.limit().asked()) {
                List<StepGrouping> groupings = new ArrayList<>();
                if (rule.addGroupings(place, scan.columns(), Predicate.ALWAYS, groupings)) {
                    steps.set(place, new DocumentGroups(scan.head(), scan.collection(), scan.selection(), groupings));
                }
            }
        }
        return new Plan(plan.id(), steps, plan.renders(), plan.warnings(), plan.source());
    }

    /**
     * Adds what every step that depends on a step groups, and returns whether none does anything else with its rows.
     *
     * @param columns of the step's rows, by names that shards know
     * @param filter what rows of the scan must pass to be rows of the step
     */
    private boolean addGroupings(int input, List<Column> columns, Predicate filter, List<StepGrouping> groupings) {
        if (answered.contains(input)) {
            return false;
        }
        for (int place = 0; place < plan.steps().size(); place++) {
            Step step = plan.steps().get(place);
            if (step.dependencies().contains(input) && !add(place, step, input, columns, filter, groupings)) {
                return false;
            }
        }
        return true;
    }

    private boolean add(
            int place, Step step, int input, List<Column> columns, Predicate filter, List<StepGrouping> groupings) {
        if (step instanceof ComputeFilter between && between.input() == input && between.join() == null) {
            Predicate both = both(filter, between.condition(), columns);
            List<Column> kept = between.output().stream().map(columns::get).toList();
            return both != null && !between.limit().asked() && addGroupings(place, kept, both, groupings);
        }
        StepGrouping grouping = grouping(place, step, input, columns);
        if (grouping == null) {
            return false;
        }
        groupings.add(grouping.of(filter));
        return true;
    }

    /** Returns what rows that pass both must pass; null where shards cannot evaluate it. */
    private static @Nullable Predicate both(Predicate filter, @Nullable Condition condition, List<Column> columns) {
        if (condition == null) {
            return filter;
        }
        Predicate more = new ConditionPredicate(columns).of(condition);
        return more == null || filter.equals(Predicate.ALWAYS) ? more : new Predicate.And(List.of(filter, more));
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
