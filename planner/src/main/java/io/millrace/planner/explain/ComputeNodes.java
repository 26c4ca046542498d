package io.millrace.planner.explain;

import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Nodes of what is computed of the rows of other steps. */
final class ComputeNodes {
    private final StepView view;

    ComputeNodes(StepView view) {
        this.view = view;
    }

    /** Rows are joined, filtered, ordered and cut, in this order. */
    ExplainNode filter(ComputeFilter filter) {
        List<String> names = new ArrayList<>(view.names(filter.input()));
        Join join = filter.join();
        if (join != null && (join.type() == JoinType.INNER || join.type() == JoinType.LEFT)) {
            view.names(join.step()).forEach(name -> names.add(view.id(join.step()) + "." + name));
        }
        ExplainNode node = join == null ? null : join(filter.input(), join);
        if (filter.condition() != null) {
            Facts facts = new Facts().put("condition", ConditionText.of(filter.condition(), names));
            if (isGrouped(filter.input())) {
                return ExplainNode.of(NodeKind.FILTER, facts.put("at", "shards"), view.inputs());
            }
            node = above(NodeKind.FILTER, facts, node);
        }
        List<String> order = StepView.order(filter.orderBy(), names);
        if (!order.isEmpty()) {
            node = above(NodeKind.SORT, new Facts().put("order_by", order), node);
        }
        if (node == null) {
            return bottom(
                    NodeKind.LIMIT, new Facts().put("limit", filter.limit().rows()));
        }
        return StepView.limited(filter.limit(), node);
    }

    private ExplainNode join(int input, Join join) {
        Facts facts = new Facts()
                .put("type", join.type().name().toLowerCase(Locale.ROOT))
                .put("keys", StepView.pick(join.inputKeys(), view.names(input)))
                .put("joined", view.id(join.step()))
                .put("joined_keys", StepView.pick(join.joinedKeys(), view.names(join.step())));
        ExplainNode node = bottom(NodeKind.JOIN, facts);
        List<Long> rows = view.rowsIn();
        if (rows != null && rows.size() == 2) {
            node.measured().put("rows_in", rows.get(0)).put("rows_joined", rows.get(1));
        }
        node.measured().putAll(view.measuredRowsOut(NodeKind.JOIN));
        return node;
    }

    private ExplainNode above(NodeKind kind, Facts facts, @Nullable ExplainNode below) {
        ExplainNode node = below == null ? bottom(kind, facts) : below.under(kind, facts);
        node.measured().putAll(view.measuredRowsOut(kind));
        return node;
    }

    /** Returns the node of the step that takes the rows of others. */
    private ExplainNode bottom(NodeKind kind, Facts facts) {
        return ExplainNode.of(kind, facts, view.inputs()).measuring(view.measuredRowsIn());
    }

    ExplainNode offset(ComputeOffset offset) {
        return StepView.limited(offset.limit(), bottom(NodeKind.OFFSET, new Facts().put("offset", offset.offset())));
    }

    ExplainNode aggregate(ComputeAggregate aggregate) {
        List<String> names = view.names(aggregate.input());
        List<String> result = StepView.names(aggregate.columns());
        List<String> metrics = new ArrayList<>();
        for (int i = 0; i < aggregate.aggregates().size(); i++) {
            metrics.add(metric(aggregate.aggregates().get(i), names) + " as "
                    + result.get(aggregate.groupBy().size() + i));
        }
        Facts facts = phase(aggregate.input())
                .put("group_by", StepView.pick(aggregate.groupBy(), names))
                .put("metrics", metrics);
        ExplainNode node = grouped(NodeKind.AGGREGATE, facts, aggregate.input());
        return StepView.limited(aggregate.limit(), StepView.sorted(StepView.order(aggregate.orderBy(), result), node));
    }

    ExplainNode timeline(ComputeTimeline timeline) {
        List<String> names = view.names(timeline.input());
        Facts facts = phase(timeline.input())
                .put("bucket", timeline.bucket().text())
                .put("time", names.get(timeline.timeColumn()))
                .put("metric", metric(timeline.aggregate(), names));
        return StepView.limited(timeline.limit(), grouped(NodeKind.TIMELINE, facts, timeline.input()));
    }

    /** Where shards have grouped, the groups have come as a result of their own, and the input has no rows. */
    private ExplainNode grouped(NodeKind kind, Facts facts, int input) {
        return isGrouped(input) ? ExplainNode.of(kind, facts, view.inputs()) : bottom(kind, facts);
    }

    private Facts phase(int input) {
        return new Facts().put("phase", isGrouped(input) ? "final" : "whole");
    }

    /** Returns whether the shards have grouped what the step would have given, so that it has no rows. */
    private boolean isGrouped(int input) {
        Step step = view.plan().steps().get(input);
        return step instanceof DocumentGroups
                || (step instanceof ComputeFilter filter && filter.join() == null && isGrouped(filter.input()));
    }

    private static String metric(Aggregate aggregate, List<String> names) {
        String column = aggregate.column() < 0 ? "*" : names.get(aggregate.column());
        return aggregate.function().name().toLowerCase(Locale.ROOT) + "(" + column + ")";
    }

    ExplainNode fuse(ComputeFuse fuse) {
        List<Facts> lists = new ArrayList<>();
        for (FusedList list : fuse.lists()) {
            Facts facts = new Facts()
                    .put("step", view.id(list.step()))
                    .put("key", view.names(list.step()).get(list.keyColumn()));
            if (list.scoreColumn() >= 0) {
                facts.put("score", view.names(list.step()).get(list.scoreColumn()))
                        .put("distance", list.distance());
            }
            lists.add(fuse.fusion().method().hasListWeights() ? facts.put("weight", list.weight()) : facts);
        }
        Facts facts = SearchNodes.fusion(fuse.fusion()).put("lists", lists);
        return StepView.limited(fuse.limit(), bottom(NodeKind.FUSION, facts));
    }
}
