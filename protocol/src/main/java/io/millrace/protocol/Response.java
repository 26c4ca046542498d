package io.millrace.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request.
 *
 * @param attempt how often the request was started, from 1
 * @param results tables by step id, in the order of the plan
 * @param render the render specifications with their data, in the order of the plan
 * @param freshness null where no shard was asked
 * @param coverage null where no shard was asked
 * @param explain the plan, for explain plan and analyze; null otherwise
 */
public record Response(
        String requestId,
        int attempt,
        Status status,
        Map<String, ResultTable> results,
        List<JsonNode> render,
        List<StepReport> steps,
        @Nullable FreshnessCertificate freshness,
        @Nullable Coverage coverage,
        @Nullable JsonNode explain,
        List<Problem> errors,
        List<Problem> warnings,
        double elapsedMs) {
    /** Whether all, some or nothing of what was asked for is there. */
    public enum Status {
        OK,
        PARTIAL,
        ERROR
    }

    public Response {
        results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        render = List.copyOf(render);
        steps = List.copyOf(steps);
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** Returns an answer that has nothing but errors. */
    public static Response error(String requestId, int attempt, List<Problem> errors, double elapsedMs) {
        return new Response(
                requestId,
                attempt,
                Status.ERROR,
                Map.of(),
                List.of(),
                List.of(),
                null,
                null,
                null,
                errors,
                List.of(),
                elapsedMs);
    }
}
