package io.millrace.planner.explain;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanSource;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.FreshnessCertificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Explains a plan by the objects that run it. */
public final class Explain {
    private Explain() {}

    /** Returns what a plan would do. */
    public static Explanation plan(Plan plan, long catalogVersion) {
        return new Explanation(root(plan, catalogVersion), new Facts(), PlanTree.of(plan, null));
    }

    /**
     * What was measured of an answer.
     *
     * @param freshness null where no shard was asked, as is {@code coverage}
     * @param steps in the order of the plan
     */
    public record Measured(
            int attempt,
            double elapsedMs,
            @Nullable FreshnessCertificate freshness,
            @Nullable Coverage coverage,
            List<StepMeasures> steps) {
        public Measured {
            steps = List.copyOf(steps);
        }
    }

    /** Returns what a plan did. */
    public static Explanation run(Plan plan, long catalogVersion, Measured measured) {
        Facts facts = new Facts().put("attempt", measured.attempt()).putMs("elapsed_ms", measured.elapsedMs());
        FreshnessCertificate freshness = measured.freshness();
        if (freshness != null) {
            Facts applied = new Facts();
            freshness.applied().forEach(applied::put);
            facts.put(
                    "freshness",
                    new Facts()
                            .put("applied", applied)
                            .put("pending_rows", freshness.pendingRows())
                            .put("stale_rows", freshness.staleRows())
                            .put("lag_ms", freshness.lagMs()));
        }
        Coverage coverage = measured.coverage();
        if (coverage != null) {
            facts.put(
                    "coverage",
                    new Facts()
                            .put("shards", coverage.shards())
                            .put("answered", coverage.answered())
                            .put("missing", coverage.missing()));
        }
        return new Explanation(root(plan, catalogVersion), facts, PlanTree.of(plan, measured.steps()));
    }

    /** Returns what an answer says of a step where it says little: its operation, strategy, path, index and reason. */
    public static Map<String, Object> summary(Plan plan, int place) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("op", plan.steps().get(place).operation());
        StepView view = new StepView(plan, null, List.of(), null);
        List<ExplainNode> nodes =
                StepNodes.of(plan.steps().get(place), view).all().toList();
        for (String name : List.of("strategy", "path", "index", "reason")) {
            nodes.stream()
                    .map(node -> node.facts().values().get(name))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresent(fact -> summary.put(name, fact));
        }
        return summary;
    }

    private static Facts root(Plan plan, long catalogVersion) {
        return new Facts()
                .put("plan_id", plan.id())
                .put("plan_from", plan.source().text())
                .put("plan_cache_hit", plan.source() == PlanSource.CACHE)
                .put("catalog_version", catalogVersion);
    }
}
