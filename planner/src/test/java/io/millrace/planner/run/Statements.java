package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Plans and runs statements on fake shards. */
final class Statements {
    private final Catalog catalog;
    private final FakeShards shards;
    private final RequestPlanner planner;

    Statements(Catalog catalog, FakeShards shards) {
        this(catalog, shards, PlanLimits.DEFAULT);
    }

    Statements(Catalog catalog, FakeShards shards, PlanLimits limits) {
        this.catalog = catalog;
        this.shards = shards;
        planner = new RequestPlanner(limits);
    }

    PlannedRequest planned(String statement, Map<String, JsonNode> parameters) {
        Request request = new Request(
                "r-1",
                null,
                statement,
                null,
                parameters,
                null,
                ExplainLevel.SUMMARY,
                OffsetToken.NONE,
                null,
                false,
                60_000,
                Map.of());
        return planner.plan(request, Samples.ORIGIN, catalog, NOW_MS);
    }

    Plan plan(String statement, Map<String, JsonNode> parameters) {
        PlannedRequest planned = planned(statement, parameters);
        if (!(planned.outcome() instanceof PlannedRequest.Run run)) {
            throw new AssertionError(statement + ": " + planned.outcome());
        }
        return run.plan();
    }

    Plan plan(String statement) {
        return plan(statement, Map.of());
    }

    /** Returns what is wrong with the statement; empty where it can be run. */
    List<Problem> problems(String statement) {
        return planned(statement, Map.of()).outcome() instanceof PlannedRequest.Answer answer
                ? answer.errors()
                : List.of();
    }

    Response run(String statement, Map<String, JsonNode> parameters, long seed) {
        PlannedRequest planned = planned(statement, parameters);
        if (!(planned.outcome() instanceof PlannedRequest.Run)) {
            throw new AssertionError(statement + ": " + planned.outcome());
        }
        return Runs.run(planned, shards, shards.shards(), new Random(seed));
    }

    ResultTable table(String statement) {
        return table(statement, Map.of());
    }

    ResultTable table(String statement, Map<String, JsonNode> parameters) {
        Response response = run(statement, parameters, 1);
        ResultTable table = response.results().get(PlannedRequest.RESULT);
        if (table == null || response.status() != Response.Status.OK) {
            throw new AssertionError(statement + ": " + response.steps() + response.errors());
        }
        return table;
    }

    String rows(String statement) {
        return Runs.rows(table(statement)).toString();
    }

    String names(String statement) {
        return table(statement).columns().stream()
                .map(column -> column.name())
                .toList()
                .toString();
    }

    /** Returns operations of the steps, with what EXPLAIN says of their path. */
    String path(String statement) {
        return plan(statement).steps().stream()
                .map(step -> step.getClass().getSimpleName() + reason(step))
                .toList()
                .toString();
    }

    private static String reason(io.millrace.planner.plan.Step step) {
        io.millrace.planner.plan.Step.@Nullable VectorSearch search = step
                        instanceof io.millrace.planner.plan.Step.VectorSearch own
                ? own
                : step instanceof io.millrace.planner.plan.Step.RankedSearch ranked
                        ? ranked.search()
                        : step instanceof io.millrace.planner.plan.Step.FusedSearch fused ? fused.search() : null;
        return search == null
                ? ""
                : ":" + (search.reason() == null ? "ANN" : search.reason()) + ":"
                        + search.search().k();
    }
}
