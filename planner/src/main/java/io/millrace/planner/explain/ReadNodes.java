package io.millrace.planner.explain;

import io.millrace.planner.plan.Reading;
import io.millrace.planner.plan.Reading.ClusterSource;
import io.millrace.planner.plan.Reading.Computed;
import io.millrace.planner.plan.Reading.CountedCollection;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.MembersGiven;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.Reading.Rows;
import io.millrace.planner.plan.Reading.Source;
import io.millrace.planner.plan.Reading.StatisticsSource;
import io.millrace.planner.plan.Reading.StatusSource;
import io.millrace.planner.plan.Reading.TopVertices;
import io.millrace.planner.plan.Step.IndexStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes of what reads computed types. */
final class ReadNodes {
    private final StepView view;
    private final ScanNodes scans;

    ReadNodes(StepView view) {
        this.view = view;
        scans = new ScanNodes(view);
    }

    ExplainNode status(IndexStatus status) {
        Facts facts = new Facts().put("type", "index_status").put("index", status.index());
        return read(facts);
    }

    ExplainNode read(Reading reading) {
        Facts facts = new Facts().put("type", reading.type()).put("members", text(reading.members(), view));
        if (reading instanceof Rows rows) {
            boolean byKey = rows.scan().keys() != null || rows.members() != null;
            Facts scan = new Facts().put("collection", rows.scan().collection()).put("path", byKey ? "KEYS" : "SCAN");
            return ExplainNode.of(NodeKind.COMPUTE_READ, facts, scans.scan(rows.scan(), scan, byKey))
                    .over(view.inputs());
        }
        return computed((Computed) reading, facts);
    }

    /** The whole rows of the type are filtered, ordered and cut where they come together. */
    private ExplainNode computed(Computed read, Facts facts) {
        ExplainNode node = read(facts.putAll(of(read.source())));
        String filter = PredicateText.of(read.filter());
        if (filter != null) {
            node = node.under(NodeKind.FILTER, new Facts().put("condition", filter));
        }
        List<String> order = StepView.order(read.orderBy(), StepView.names(read.columns()));
        return StepView.limited(read.limit(), StepView.sorted(order, node));
    }

    private static Facts of(Source source) {
        Facts facts = new Facts();
        if (source instanceof StatusSource of) {
            facts.put("index", of.status().index());
        } else if (source instanceof StatisticsSource of) {
            facts.put(
                    "collections",
                    of.collections().stream().map(CountedCollection::name).toList());
        } else if (source instanceof DegreeSource of) {
            facts.put("collection", of.collection())
                    .put(
                            "edge_types",
                            of.edgeTypes().stream().map(CountedEdges::name).toList());
            TopVertices top = of.top();
            if (top != null) {
                facts.put("top_k", top.k());
            }
        } else {
            ClusterSource of = (ClusterSource) source;
            facts.put("collection", of.collection()).put("index", of.index());
        }
        return facts;
    }

    private ExplainNode read(Facts facts) {
        return ExplainNode.of(NodeKind.COMPUTE_READ, facts, scans.fanOut(null))
                .over(view.inputs())
                .measuring(view.measured(StepMeasures::ofReading));
    }

    /** Returns which rows there can be, null for all. */
    static @Nullable String text(@Nullable Members members, StepView view) {
        if (members instanceof MembersGiven given) {
            return given.keys().size() + " keys";
        }
        return members instanceof MembersOfColumn of
                ? view.id(of.step()) + "." + view.names(of.step()).get(of.column())
                : null;
    }
}
