package io.millrace.planner.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.explain.ExplainLog;
import io.millrace.planner.explain.Explanation;
import io.millrace.planner.explain.StepMeasures;
import io.millrace.planner.plan.JsonValues;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Render;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.FragmentStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts the answer of a finished run together. */
final class RunResponse {
    private final PlannedRequest request;
    private final Plan plan;
    private final List<StepRun> steps;
    private final int shards;

    RunResponse(PlannedRequest request, Plan plan, List<StepRun> steps, int shards) {
        this.request = request;
        this.plan = plan;
        this.steps = steps;
        this.shards = shards;
    }

    /** @param stale why nothing may be said because demanded offsets were not reached; null where they were */
    Response build(int attempt, @Nullable Problem stale, @Nullable FreshnessCertificate freshness, double elapsedMs) {
        Problem refused = stale;
        Long maxLagMs = request.maxLagMs();
        if (refused == null && maxLagMs != null && freshness != null && freshness.lagMs() > maxLagMs) {
            refused = FreshnessFold.lagging(freshness.lagMs(), maxLagMs);
        }
        Map<String, ResultTable> results = refused == null ? results() : Map.of();
        ExplainLog.log(request.requestId(), () -> explain(attempt, freshness, elapsedMs));
        return new Response(
                request.requestId(),
                attempt,
                status(results),
                results,
                refused == null ? renders() : List.of(),
                reports(),
                certificate(freshness),
                coverage(),
                request.explain() == ExplainLevel.ANALYZE
                        ? explain(attempt, freshness, elapsedMs).json()
                        : null,
                refused == null ? errors() : List.of(refused),
                refused == null ? warnings() : plan.warnings(),
                elapsedMs);
    }

    private Map<String, ResultTable> results() {
        Map<String, ResultTable> results = new LinkedHashMap<>();
        for (int place : plan.answered(request.returnAll())) {
            StepTable table = steps.get(place).result;
            if (table != null) {
                results.put(steps.get(place).step.id(), table.table());
            }
        }
        return results;
    }

    private Response.Status status(Map<String, ResultTable> results) {
        if (results.isEmpty()) {
            return Response.Status.ERROR;
        }
        boolean allOk = steps.stream().allMatch(step -> step.status() == StepReport.Status.OK);
        return allOk ? Response.Status.OK : Response.Status.PARTIAL;
    }

    private List<Problem> errors() {
        List<Problem> errors = new ArrayList<>();
        for (StepRun step : steps) {
            for (Problem problem : step.problems) {
                errors.add(problem.path() != null ? problem : problem.withPath("$.plan.steps[" + step.place + "]"));
            }
        }
        return errors;
    }

    /** Returns those of the plan, and what results lack by a bound that nobody asked for. */
    private List<Problem> warnings() {
        List<Problem> warnings = new ArrayList<>(plan.warnings());
        for (int place : plan.answered(request.returnAll())) {
            StepRun step = steps.get(place);
            if (step.result != null && step.result.bounded()) {
                warnings.add(Problem.of(
                                ErrorCode.LIMIT_EXCEEDED,
                                "step \"" + step.step.id() + "\" reached a bound, so that rows may be missing")
                        .withHint("ask for fewer rows, by conditions that are narrower or by a limit"));
            }
        }
        return warnings;
    }

    private List<StepReport> reports() {
        List<StepReport> reports = new ArrayList<>();
        for (StepRun step : steps) {
            reports.add(new StepReport(
                    step.step.id(),
                    step.status(),
                    step.rows(),
                    step.elapsedMs(),
                    step.problems,
                    step.skippedBecause,
                    request.explain() == ExplainLevel.NONE ? Map.of() : summary(step)));
        }
        return reports;
    }

    private Map<String, Object> summary(StepRun step) {
        Map<String, Object> summary = Explain.summary(plan, step.place);
        if (step.askedShards()) {
            measured(step, summary);
        }
        return summary;
    }

    private void measured(StepRun step, Map<String, Object> facts) {
        FragmentStats stats = step.meter.stats();
        if (stats.path() != null) {
            facts.put("path", stats.path());
        }
        if (stats.reason() != null) {
            // What a shard found is nearer to the truth than what the planner expected.
            facts.put("reason", stats.reason());
        }
        facts.put("shards", (long) shards);
        facts.put("rows_read", stats.rowsRead());
        facts.put("rows_matched", stats.rowsMatched());
        if (stats.distanceComputations() > 0) {
            facts.put("distance_computations", stats.distanceComputations());
        }
    }

    private Explanation explain(int attempt, @Nullable FreshnessCertificate freshness, double elapsedMs) {
        List<StepMeasures> measures =
                steps.stream().map(step -> step.measured(shards)).toList();
        return Explain.run(
                plan,
                request.catalogVersion(),
                new Explain.Measured(attempt, elapsedMs, freshness, coverage(), measures));
    }

    private @Nullable FreshnessCertificate certificate(@Nullable FreshnessCertificate freshness) {
        if (freshness == null || request.explain() == ExplainLevel.ANALYZE) {
            return freshness;
        }
        return new FreshnessCertificate(
                freshness.applied(), freshness.pendingRows(), freshness.staleRows(), freshness.lagMs(), List.of());
    }

    private @Nullable Coverage coverage() {
        if (steps.stream().noneMatch(StepRun::askedShards)) {
            return null;
        }
        TreeSet<Integer> missing = new TreeSet<>();
        steps.forEach(step -> missing.addAll(step.missingShards));
        return new Coverage(shards, shards - missing.size(), List.copyOf(missing));
    }

    private List<JsonNode> renders() {
        List<JsonNode> renders = new ArrayList<>();
        for (Render render : plan.renders()) {
            ObjectNode spec = (ObjectNode) JsonValues.parse(render.spec());
            StepTable table = steps.get(render.step()).result;
            if (table == null) {
                spec.putNull("data");
            } else {
                RenderData.bind(spec, render, table.table());
            }
            renders.add(spec);
        }
        return renders;
    }
}
