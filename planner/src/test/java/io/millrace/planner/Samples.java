package io.millrace.planner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.planner.parse.PlanParser;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.parse.TextEmbedding;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Request;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A catalog and the requests that tests put to it. */
public final class Samples {
    public static final long NOW_MS = 1_700_000_000_000L;
    public static final RequestOrigin ORIGIN = new RequestOrigin("millrace.requests", NOW_MS, null, null);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> STATEMENTS = List.of(
            "CREATE COLLECTION events (key STRING PRIMARY KEY, memberCode STRING, success BOOLEAN, platform STRING,"
                    + " error STRING, amount INT, price DOUBLE, at TIMESTAMP, tags JSON, v VECTOR(3))"
                    + " WITH (time_field = 'at', retention = '30d')",
            "CREATE COLLECTION Member (code STRING PRIMARY KEY, rGroup STRING, age INT)",
            "CREATE COLLECTION Game (id STRING PRIMARY KEY, title STRING)",
            "CREATE COLLECTION Person (id INT PRIMARY KEY, name STRING)",
            "CREATE COLLECTION two (id STRING PRIMARY KEY, a VECTOR(2), b VECTOR(2))",
            "CREATE EVENT TYPE Login ON events (memberCode STRING, success BOOLEAN, platform STRING, error STRING,"
                    + " amount INT, v VECTOR(3))",
            "CREATE EDGE TYPE OpenedGame FROM Member TO Game (weight DOUBLE, at TIMESTAMP)",
            "CREATE EDGE TYPE KNOWS FROM Person TO Person (since INT)",
            "CREATE VECTOR INDEX events_v ON events(v) USING flat WITH (metric = 'cosine')");

    private static final Catalog CATALOG = build();

    private Samples() {}

    public static Catalog catalog() {
        return CATALOG;
    }

    private static Catalog build() {
        Catalog catalog = Catalog.EMPTY;
        for (String statement : STATEMENTS) {
            catalog = after(catalog, "ddl-" + catalog.version(), statement);
        }
        return catalog;
    }

    /** Returns the catalog behind a statement that must be accepted. */
    public static Catalog after(Catalog catalog, String requestId, String statement) {
        var outcome = new StatementPlanner(catalog).plan(requestId, statement, Map.of());
        if (!(outcome instanceof PlannedRequest.Command command)) {
            throw new AssertionError(statement + ": " + outcome);
        }
        return catalog.apply(catalog.version(), command.command().entry());
    }

    /** Parses JSON that is written with single quotes. */
    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    public static PlanParser.Parsed parse(String plan) {
        return parse(json(plan), Map.of());
    }

    public static PlanParser.Parsed parse(JsonNode plan, Map<String, JsonNode> parameters) {
        return new PlanParser(catalog(), PlanLimits.DEFAULT, new PatternText())
                .parse(plan, parameters, SearchOptions.NONE, NOW_MS);
    }

    /** Parses for a job with an embedder. */
    public static PlanParser.Parsed parse(JsonNode plan, Map<String, JsonNode> parameters, TextEmbedding texts) {
        SearchOptions options = new SearchOptions(null, null, null, new SearchDefaults(100, 4, texts));
        return new PlanParser(catalog(), PlanLimits.DEFAULT, new PatternText())
                .parse(plan, parameters, options, NOW_MS);
    }

    /** Returns the plan of the steps, which must be right, for a job with an embedder. */
    public static Plan textPlan(String... steps) {
        var parsed = parse(
                json("{'steps': [" + String.join(",", steps) + "]}"), Map.of(), new TextEmbedding("words", -1, 100));
        return Objects.requireNonNull(parsed.plan(), () -> parsed.problems().toString());
    }

    /** Returns the plan of the steps, which must be right. */
    public static Plan plan(String... steps) {
        var parsed = parse("{'steps': [" + String.join(",", steps) + "]}");
        Plan plan = parsed.plan();
        if (plan == null) {
            throw new AssertionError(parsed.problems());
        }
        return plan;
    }

    public static String step(String id, String operation, String params) {
        String[] parts = operation.split("\\.");
        return "{'id': '" + id + "', 'store': '" + parts[0] + "', 'op': '" + parts[1] + "', 'params': " + params + "}";
    }

    public static PlannedRequest run(Plan plan) {
        return run(plan, ExplainLevel.SUMMARY, OffsetToken.NONE, null);
    }

    public static PlannedRequest run(
            Plan plan, ExplainLevel explain, OffsetToken minOffsets, @org.jspecify.annotations.Nullable Long maxLagMs) {
        return new PlannedRequest(
                "r-1",
                ORIGIN,
                7,
                explain,
                minOffsets,
                maxLagMs,
                false,
                NOW_MS,
                NOW_MS + 60_000,
                9,
                new PlannedRequest.Run(plan));
    }

    public static Request request(
            @org.jspecify.annotations.Nullable JsonNode plan,
            @org.jspecify.annotations.Nullable String statement,
            Map<String, JsonNode> options) {
        return new Request(
                "r-1",
                plan,
                statement,
                null,
                Map.of(),
                null,
                ExplainLevel.SUMMARY,
                OffsetToken.NONE,
                null,
                false,
                60_000,
                options);
    }
}
