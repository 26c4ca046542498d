package io.millrace.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as its sender wrote it: well formed, but not yet checked against the catalog. One of plan, statement and
 * question is there; a question may come with a plan, which is then stored for it.
 *
 * @param parameters values for {@code $name} in the plan or statement
 * @param maxLagMs the answer must not lag further behind the event topics; null for no bound
 * @param returnAll whether every step is in the results, not only the last ones and those that a render names
 * @param timeoutMs counted from the broker's timestamp of the request
 * @param options such as {@code vector.ef_search}
 */
public record Request(
        String requestId,
        @Nullable JsonNode plan,
        @Nullable String statement,
        @Nullable Question question,
        Map<String, JsonNode> parameters,
        @Nullable String sessionId,
        ExplainLevel explain,
        OffsetToken minOffsets,
        @Nullable Long maxLagMs,
        boolean returnAll,
        long timeoutMs,
        Map<String, JsonNode> options) {
    public static final long TIMEOUT_MS_DEFAULT = 60_000;
    public static final long TIMEOUT_MS_MAX = 600_000;

    /** Returns the same request, explained so. */
    public Request explained(ExplainLevel level) {
        return new Request(
                requestId,
                plan,
                statement,
                question,
                parameters,
                sessionId,
                level,
                minOffsets,
                maxLagMs,
                returnAll,
                timeoutMs,
                options);
    }
}
