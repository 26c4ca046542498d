package io.millrace.planner.explain;

import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.plan.StrategyDecision;
import io.millrace.planner.plan.StrategyDecision.Cost;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Nodes of a search across vectors and graph: the decision that ran is the one that is told. */
final class CrossStoreNodes {
    private final StepView view;
    private final CrossStoreSearch step;
    private final @Nullable StrategyDecision executed;
    private final @Nullable StrategyDecision decision;

    CrossStoreNodes(StepView view, CrossStoreSearch step) {
        this.view = view;
        this.step = step;
        executed = view.measures() == null ? null : view.measures().task().executed();
        decision = executed != null ? executed : step.decision();
    }

    ExplainNode node() {
        ExplainNode node = ExplainNode.of(NodeKind.CROSS_STORE_SEARCH, facts(), legs())
                .over(List.of(new ScanNodes(view).fanOut(null)))
                .over(view.inputs())
                .measuring(measured());
        if (step.fusion() == null) {
            return node;
        }
        Facts fusion = SearchNodes.fusion(step.fusion())
                .put("window", step.window())
                .put("lists", List.of("similarity", "depth"))
                .put("limit", step.search().search().k());
        return ExplainNode.of(NodeKind.FUSION, fusion, node);
    }

    private Facts facts() {
        Facts facts = new Facts()
                .put("collection", step.search().collection())
                .put(
                        "strategy",
                        decision == null ? Strategy.AUTO : decision.strategy().text())
                .put(
                        "wanted",
                        step.wanted() == null ? Strategy.AUTO : step.wanted().text());
        if (decision != null) {
            facts.put("reason", decision.reason())
                    .put("over_fetch_factor", decision.overFetch())
                    .put("estimated_selectivity", decision.selectivity());
            decision.costs().stream()
                    .filter(cost -> cost.strategy() == decision.strategy())
                    .forEach(cost -> addCost(cost, facts));
        }
        facts.put(
                        "has_metadata_filter",
                        !step.search().search().selection().filter().equals(Predicate.ALWAYS))
                .put("negated", step.negated())
                .put("anchor", anchor())
                .put("final_k", step.search().search().k());
        if (decision != null) {
            facts.put(
                    "rejected",
                    decision.costs().stream()
                            .filter(cost -> cost.strategy() != decision.strategy())
                            .map(cost -> {
                                Facts of = new Facts()
                                        .put("strategy", cost.strategy().text());
                                addCost(cost, of);
                                return of;
                            })
                            .toList());
        }
        return facts;
    }

    private static void addCost(Cost cost, Facts facts) {
        if (cost.ms() != null) {
            facts.putMs("estimated_cost_ms", cost.ms());
        }
        facts.put("why", cost.why());
    }

    private String anchor() {
        String alias = step.pattern().vertices().get(step.anchor()).alias();
        return alias != null ? alias : "vertex " + step.anchor();
    }

    /** What runs first stands first. */
    private List<ExplainNode> legs() {
        boolean graphFirst = decision != null && decision.strategy() == Strategy.GRAPH_FIRST;
        ExplainNode vector = leg(NodeKind.VECTOR_SEARCH, vectorFacts());
        ExplainNode match = leg(NodeKind.MATCH_TRAVERSAL, matchFacts());
        return graphFirst ? List.of(match, vector) : List.of(vector, match);
    }

    private Facts vectorFacts() {
        VectorSearch search = step.search();
        Facts facts = SearchNodes.target(search);
        if (decision != null && decision.strategy() == Strategy.GRAPH_FIRST) {
            return facts.put("among", step.negated() ? "what the pattern does not bind" : "what the pattern binds");
        }
        SearchNodes.addPath(search, facts);
        return decision == null
                ? facts
                : facts.put("candidates", (long) Math.ceil(decision.overFetch() * step.window()));
    }

    private Facts matchFacts() {
        Facts facts = GraphNodes.pattern(step.pattern());
        return decision != null && decision.strategy() == Strategy.VECTOR_FIRST
                ? facts.put("among", "candidates of the search")
                : facts;
    }

    private ExplainNode leg(NodeKind kind, Facts facts) {
        return ExplainNode.of(kind, facts).measuring(view.measured(of -> of.ofPart(kind)));
    }

    private Facts measured() {
        Facts measured = new Facts();
        if (executed != null) {
            measured.put("strategy", executed.strategy().text())
                    .put("as_planned", step.decision() == null || Objects.equals(step.decision(), executed));
        }
        return measured.putAll(view.measured(of -> of.task().facts()));
    }
}
