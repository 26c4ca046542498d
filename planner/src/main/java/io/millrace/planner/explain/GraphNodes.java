package io.millrace.planner.explain;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.StartAtColumn;
import io.millrace.planner.plan.Step.StartAtKeys;
import io.millrace.planner.plan.Step.Vertices;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes of walks over the graph. */
final class GraphNodes {
    private final StepView view;
    private final ScanNodes scans;

    GraphNodes(StepView view) {
        this.view = view;
        scans = new ScanNodes(view);
    }

    /** The walk is where the edges come together; shards give the edges of the vertices that it reaches, hop by hop. */
    ExplainNode traverse(GraphTraverse traverse) {
        Facts facts = new Facts()
                .put("collection", traverse.collections().get(0).collection())
                .put("start", start(traverse))
                .put(
                        "edge_types",
                        traverse.hops().stream().map(Hop::edgeType).distinct().toList())
                .put("direction", direction(traverse.hops()))
                .put("depth", traverse.depth())
                .put("edge_filter", PredicateText.of(traverse.edgeFilter()));
        ScanNodes.addTimeRange(traverse.timeRange(), facts);
        facts.put("aggregate", traverse.count() ? "count" : null)
                .put("start_fields", traverse.startFields())
                .put("vertex_fields", traverse.vertexFields());
        return StepView.limited(traverse.limit(), walk(NodeKind.GRAPH_TRAVERSE, facts));
    }

    private String start(GraphTraverse traverse) {
        if (traverse.start() instanceof StartAtKeys at) {
            return at.keys().size() + " keys";
        }
        StartAtColumn at = (StartAtColumn) traverse.start();
        return view.id(at.step()) + "." + view.names(at.step()).get(at.column());
    }

    private static @Nullable String direction(List<Hop> hops) {
        boolean forth = hops.stream().anyMatch(hop -> hop.lookup().outgoing());
        boolean back = hops.stream().anyMatch(hop -> !hop.lookup().outgoing());
        return forth && back ? "both" : forth ? "outgoing" : back ? "incoming" : null;
    }

    ExplainNode match(GraphMatch match) {
        return StepView.limited(match.limit(), walk(NodeKind.MATCH_TRAVERSAL, pattern(match.pattern())));
    }

    private ExplainNode walk(NodeKind kind, Facts facts) {
        Facts measured = view.measuredRowsIn()
                .putAll(view.measured(of -> of.task().facts()))
                .putAll(view.measured(StepMeasures::ofReading));
        return ExplainNode.of(kind, facts, scans.fanOut(null))
                .over(view.inputs())
                .measuring(measured);
    }

    static Facts pattern(Pattern pattern) {
        return new Facts()
                .put("pattern", PatternText.of(pattern))
                .put(
                        "collections",
                        pattern.collections().stream()
                                .map(Vertices::collection)
                                .distinct()
                                .toList())
                .put(
                        "hops_min",
                        pattern.edges().stream().mapToInt(PatternEdge::least).sum())
                .put(
                        "hops_max",
                        pattern.edges().stream().mapToInt(PatternEdge::most).sum());
    }
}
