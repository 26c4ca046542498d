package io.millrace.planner.explain;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.plan.RankedWindow;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Nodes of vector searches. */
final class SearchNodes {
    private final StepView view;
    private final ScanNodes scans;

    SearchNodes(StepView view) {
        this.view = view;
        scans = new ScanNodes(view);
    }

    ExplainNode search(VectorSearch search) {
        Facts facts = target(search);
        addPath(search, facts);
        addWindow(search, search.search().k(), facts);
        return merged(search, List.of(), null, facts);
    }

    ExplainNode ranked(RankedSearch ranked) {
        VectorSearch search = ranked.search();
        Facts facts = target(search);
        addPath(search, facts);
        int candidates = RankedWindow.of(ranked).first();
        facts.put("candidates", candidates);
        addWindow(search, candidates, facts);
        return merged(search, ranked.thenBy(), ranked.members(), facts);
    }

    /** The lists of the vectors, each merged over the shards, are joined. */
    ExplainNode fused(FusedSearch fused) {
        VectorSearch search = fused.search();
        int candidates = fused.fusion().window();
        VectorSearch list =
                search.with(search.search().withQuery(search.search().query(), candidates));
        Facts facts = target(list);
        addPath(list, facts);
        addWindow(list, candidates, facts);
        ExplainNode lists = merged(list, List.of(), null, facts);
        Facts of = new Facts()
                .put("collection", search.collection())
                .put("vector_count", fused.queries().size())
                .put("fusion_strategy", fused.fusion().method().text())
                .put("candidates", candidates);
        PatternFilter match = fused.match();
        ExplainNode searches = match == null
                ? ExplainNode.of(NodeKind.FUSED_SEARCH, of, lists)
                : ExplainNode.of(NodeKind.FUSED_SEARCH, of.put("negated", match.negated()), walk(match), lists);
        Facts fusion = fusion(fused.fusion()).put("limit", search.search().k());
        return ExplainNode.of(NodeKind.FUSION, fusion, searches);
    }

    /** The pattern is asked first; the lists are of what it binds, or of what it does not bind. */
    private ExplainNode walk(PatternFilter match) {
        return ExplainNode.of(NodeKind.MATCH_TRAVERSAL, GraphNodes.pattern(match.pattern()))
                .measuring(view.measured(of -> of.ofPart(NodeKind.MATCH_TRAVERSAL)));
    }

    /** Returns what a fusion goes by. */
    static Facts fusion(Fusion fusion) {
        Facts facts = new Facts().put("method", fusion.method().text()).put("fusion_scope", "global");
        if (fusion.method() == Fusion.Method.RRF) {
            facts.put("rank_constant", fusion.rankConstant());
        }
        if (fusion.method() == Fusion.Method.WEIGHTED) {
            facts.put("avg_weight", fusion.averageWeight())
                    .put("max_weight", fusion.maximumWeight())
                    .put("hit_weight", fusion.hitWeight());
        }
        return fusion.window() == Integer.MAX_VALUE ? facts : facts.put("window", fusion.window());
    }

    private ExplainNode merged(VectorSearch search, List<OrderKey> thenBy, @Nullable Members members, Facts facts) {
        facts.put("members", ReadNodes.text(members, view));
        List<String> order = new ArrayList<>();
        boolean descending =
                search.search().metric().ascending() == search.search().farthest();
        order.add("score" + StepView.direction(descending));
        order.addAll(StepView.order(thenBy, StepView.names(search.columns())));
        order.add("id asc");
        Facts merge =
                new Facts().put("order_by", order).put("limit", search.search().k());
        ExplainNode leaf = ExplainNode.of(NodeKind.VECTOR_SEARCH, facts, view.inputs())
                .measuring(view.measured(StepMeasures::ofSearch));
        ExplainNode merged = scans.merged(merge, StepMeasures.SEARCH, leaf);
        merged.measured().putAll(view.measured(of -> of.task().facts()));
        return merged;
    }

    /** Returns what is searched, and for what. */
    static Facts target(VectorSearch step) {
        SearchVectors search = step.search();
        Facts facts = new Facts()
                .put("collection", step.collection())
                .put("field", search.field())
                .put("index", step.index())
                .put("metric", search.metric().name().toLowerCase(Locale.ROOT))
                .put("query", query(step))
                .put("final_k", search.k());
        ScanNodes.addSelection(search.selection(), facts);
        if (search.keys() != null) {
            facts.put(
                    search.keys().excluded() ? "keys_excluded" : "keys",
                    search.keys().keys().size());
        }
        if (search.farthest()) {
            facts.put("farthest", true);
        }
        return facts.put("columns", search.columns());
    }

    private static String query(VectorSearch step) {
        return step.later() == null ? "vector" : step.later() instanceof RowQuery ? "row" : "text";
    }

    /** Adds how every shard sets out to search. */
    static void addPath(VectorSearch step, Facts facts) {
        SearchVectors search = step.search();
        facts.put("path", step.reason() == null ? "ANN" : "EXACT").put("reason", step.reason());
        if (step.reason() == null) {
            facts.put("ef_search", search.efSearch()).put("alpha", search.alpha());
        }
    }

    /** Adds how many rows every shard scores exactly, of which it gives {@code k}. */
    private static void addWindow(VectorSearch step, int k, Facts facts) {
        if (step.reason() == null) {
            facts.put("window", (long) Math.max(k, Math.ceil(step.search().alpha() * k)));
        }
    }
}
