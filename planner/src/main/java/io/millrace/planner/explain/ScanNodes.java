package io.millrace.planner.explain;

import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.StepGrouping;
import io.millrace.protocol.codec.ResponseCodec;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Nodes of what reads rows at the shards. */
final class ScanNodes {
    private final StepView view;

    ScanNodes(StepView view) {
        this.view = view;
    }

    /** Shards filter, order and cut their rows; what comes back is merged in the same order and cut again. */
    ExplainNode scan(DocumentScan scan) {
        boolean byKey = scan.keys() != null;
        Facts facts = new Facts().put("collection", scan.collection()).put("path", byKey ? "KEYS" : "SCAN");
        if (scan.keys() != null) {
            facts.put("keys", scan.keys().size());
        }
        return scan(scan, facts, byKey);
    }

    /** @param byKey whether rows are read by keys that come from elsewhere, so that shards need not order them */
    ExplainNode scan(DocumentScan scan, Facts facts, boolean byKey) {
        addSelection(scan.selection(), facts);
        facts.put("columns", scan.fetch());
        Facts merge = new Facts().put("order_by", StepView.order(scan.orderBy()));
        if (!byKey) {
            facts.put("order_by", StepView.order(scan.orderBy()))
                    .put("limit_per_shard", scan.limit().rows());
        }
        merge.put(scan.limit().asked() ? "limit" : "rows_max", scan.limit().rows());
        String asks = byKey ? StepMeasures.FETCH : StepMeasures.SCAN;
        ExplainNode leaf =
                ExplainNode.of(NodeKind.DOCUMENT_SCAN, facts).measuring(view.measured(of -> of.ofReading(asks)));
        return merged(merge, asks, leaf);
    }

    /** Shards make groups of their rows, which are put together, and finished by the steps that they are for. */
    ExplainNode groups(DocumentGroups groups) {
        Facts facts = new Facts().put("collection", groups.collection()).put("path", "GROUPS");
        addSelection(groups.selection(), facts);
        ExplainNode scan =
                ExplainNode.of(NodeKind.DOCUMENT_SCAN, facts).measuring(view.measured(StepMeasures::ofReading));
        List<Facts> groupings = new ArrayList<>();
        groups.consumers().forEach(consumer -> groupings.add(grouping(consumer)));
        Facts phase = new Facts().put("phase", "partial").put("groupings", groupings);
        ExplainNode partial =
                ExplainNode.of(NodeKind.AGGREGATE, phase, scan).measuring(view.measured(StepMeasures::ofGroups));
        return merged(new Facts().put("of", "groups"), StepMeasures.GROUP, partial);
    }

    private Facts grouping(StepGrouping grouping) {
        List<String> metrics = new ArrayList<>();
        int next = 0;
        for (Grouping distinct : grouping.distinct()) {
            if (distinct != null) {
                metrics.add("count_distinct("
                        + distinct.keys().get(distinct.keys().size() - 1).column() + ")");
            } else {
                metrics.add(metric(grouping.main().metrics().get(next++)));
            }
        }
        return new Facts()
                .put("for", view.id(grouping.step()))
                .put(
                        "group_by",
                        grouping.main().keys().stream().map(ScanNodes::key).toList())
                .put("metrics", metrics)
                .put("filter", PredicateText.of(grouping.filter()));
    }

    private static String key(Grouping.Key key) {
        return key.bucket() == null
                ? key.column()
                : key.column() + " by " + key.bucket().text();
    }

    private static String metric(Grouping.Metric metric) {
        String column = metric.column() == null ? "*" : metric.column();
        return metric.function().name().toLowerCase(Locale.ROOT) + "(" + column + ")";
    }

    /** @param asks what shards are asked for the rows that are merged */
    ExplainNode merged(Facts facts, String asks, ExplainNode below) {
        return ExplainNode.of(NodeKind.MERGE, facts, fanOut(below)).measuring(view.measured(of -> of.ofMerge(asks)));
    }

    /** Asks every shard for what {@code below} gives; for nothing but their part of the node above where that is null. */
    ExplainNode fanOut(@Nullable ExplainNode below) {
        List<ExplainNode> children = below == null ? List.of() : List.of(below);
        return ExplainNode.of(NodeKind.SHARD_FAN_OUT, new Facts().put("shards", "all"), children)
                .measuring(view.measured(StepMeasures::ofFanOut));
    }

    static void addSelection(DocumentSelection selection, Facts facts) {
        if (selection.eventTypeId() != null) {
            facts.put("event_type_id", (long) selection.eventTypeId());
        }
        addTimeRange(selection.timeRange(), facts);
        facts.put("filter", PredicateText.of(selection.filter()));
    }

    static void addTimeRange(@Nullable TimeRange range, Facts facts) {
        if (range != null) {
            facts.put(
                    "time_range",
                    ResponseCodec.timestamp(range.fromMs()) + " to " + ResponseCodec.timestamp(range.toMs()));
        }
    }
}
