package io.millrace.planner.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.JsonValues;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanExplain;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Render;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.SearchStats;
import java.util.ArrayList;
import java.util.Comparator;
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
        return new Response(
                request.requestId(),
                attempt,
                status(results),
                results,
                refused == null ? renders() : List.of(),
                reports(),
                certificate(freshness),
                coverage(),
                request.explain() == ExplainLevel.ANALYZE ? explain() : null,
                refused == null ? errors() : List.of(refused),
                plan.warnings(),
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

    private List<StepReport> reports() {
        List<StepReport> reports = new ArrayList<>();
        for (StepRun step : steps) {
            reports.add(new StepReport(
                    step.step.id(),
                    step.status(),
                    rows(step),
                    step.elapsedMs(),
                    step.problems,
                    step.skippedBecause,
                    request.explain() == ExplainLevel.NONE ? Map.of() : summary(step)));
        }
        return reports;
    }

    private static long rows(StepRun step) {
        return step.state == StepRun.State.DONE ? step.resultRows : 0;
    }

    private Map<String, Object> summary(StepRun step) {
        Map<String, Object> planned = PlanExplain.facts(step.step);
        Map<String, Object> summary = new LinkedHashMap<>();
        for (String name : List.of("op", "path", "index", "reason")) {
            Object fact = planned.get(name);
            if (fact != null) {
                summary.put(name, fact);
            }
        }
        if (step.askedShards()) {
            measured(step, summary);
        }
        return summary;
    }

    private void measured(StepRun step, Map<String, Object> facts) {
        if (step.stats.path() != null) {
            facts.put("path", step.stats.path());
        }
        if (step.stats.reason() != null) {
            // What a shard found is nearer to the truth than what the planner expected.
            facts.put("reason", step.stats.reason());
        }
        facts.put("shards", (long) shards);
        facts.put("rows_read", step.stats.rowsRead());
        facts.put("rows_matched", step.stats.rowsMatched());
        if (step.stats.distanceComputations() > 0) {
            facts.put("distance_computations", step.stats.distanceComputations());
        }
    }

    private ObjectNode explain() {
        ObjectNode explained = PlanExplain.of(plan);
        for (StepRun step : steps) {
            ObjectNode measured = ((ObjectNode) explained.get("steps").get(step.place)).putObject("measured");
            measured.put("rows", rows(step));
            measured.put("elapsed_ms", step.elapsedMs());
            Map<String, Object> facts = new LinkedHashMap<>();
            if (step.askedShards()) {
                measured(step, facts);
                facts.put("shard_ms", step.stats.elapsedNanos() / 1e6);
            }
            facts.forEach((name, value) -> PlanExplain.put(measured, name, value));
            addSearches(step.stats.searches(), measured);
        }
        return explained;
    }

    /** What each shard did for a vector search, by shard. */
    private static void addSearches(List<SearchStats> searches, ObjectNode measured) {
        if (searches.isEmpty()) {
            return;
        }
        ArrayNode list = measured.putArray("searches");
        searches.stream()
                .sorted(Comparator.comparingInt(SearchStats::shard))
                .forEach(search -> describe(search, list.addObject()));
    }

    private static void describe(SearchStats search, ObjectNode out) {
        out.put("shard", search.shard());
        out.put("path", search.path());
        if (search.reason() != null) {
            out.put("reason", search.reason());
        }
        if (search.engine() != null) {
            out.put("engine", search.engine());
        }
        out.put("filter", search.filter());
        if (search.efSearch() > 0) {
            out.put("ef_search", search.efSearch());
            out.put("window", search.window());
            out.put("refills", search.refills());
        }
        out.put("scored", search.scored());
        out.put("distance_computations", search.distanceComputations());
        out.put("nodes_visited", search.nodesVisited());
        out.put("exhausted", search.exhausted());
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
