package io.millrace.planner.plan;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.StepReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request behind the planner: what to run or to answer, and what holds for every attempt to do so.
 *
 * @param contentHash equal for requests that ask for the same; see {@link io.millrace.planner.RequestPlanner}
 * @param maxLagMs the answer must not lag further behind the event topics; null for no bound
 * @param returnAll whether the answer has the rows of every step
 * @param startedMs epoch ms that the timeout counts from
 * @param deadlineMs epoch ms at which the request is answered with what there is
 * @param catalogVersion that the outcome was made for
 */
public record PlannedRequest(
        String requestId,
        RequestOrigin origin,
        long contentHash,
        ExplainLevel explain,
        OffsetToken minOffsets,
        @Nullable Long maxLagMs,
        boolean returnAll,
        long startedMs,
        long deadlineMs,
        long catalogVersion,
        Outcome outcome) {
    /** The step id that the table of a statement answers under. */
    public static final String RESULT = "result";

    /** Returns a request that could not be read, or must not be planned: it is answered with its problems. */
    public static PlannedRequest refused(String requestId, RequestOrigin origin, List<Problem> problems, long nowMs) {
        return new PlannedRequest(
                requestId,
                origin,
                problems.hashCode(),
                ExplainLevel.SUMMARY,
                OffsetToken.NONE,
                null,
                false,
                nowMs,
                nowMs,
                0,
                Answer.errors(problems));
    }

    /** Returns whether it was answered without running anything, and without errors. */
    public boolean isAnswered() {
        return outcome instanceof Answer answer && answer.errors().isEmpty();
    }

    /** Returns whether all that it lacks is a plan for its question. */
    public boolean lacksPlan() {
        return outcome instanceof Answer answer
                && answer.errors().size() == 1
                && answer.errors().get(0).code() == ErrorCode.PLAN_REQUIRED;
    }

    /** What the planner made of a request. */
    public sealed interface Outcome {}

    /** A plan to run. */
    public record Run(Plan plan) implements Outcome {}

    /** A change of the catalog to append and to wait for. */
    public record Command(CatalogCommand command) implements Outcome {}

    /**
     * An answer that needs no shard: errors, or a table, or the explained plan.
     *
     * @param table answers as step {@link #RESULT}; null for none
     * @param explain JSON text; null for none
     */
    public record Answer(
            @Nullable ResultTable table, @Nullable String explain, List<Problem> errors, List<Problem> warnings)
            implements Outcome {
        public Answer {
            errors = List.copyOf(errors);
            warnings = List.copyOf(warnings);
        }

        public static Answer errors(List<Problem> errors) {
            return new Answer(null, null, errors, List.of());
        }

        public static Answer error(Problem error) {
            return errors(List.of(error));
        }

        public static Answer table(ResultTable table) {
            return new Answer(table, null, List.of(), List.of());
        }

        /** Returns the response that this stands for. */
        public Response toResponse(String requestId, int attempt, double elapsedMs) {
            if (!errors.isEmpty()) {
                return Response.error(requestId, attempt, errors, elapsedMs);
            }
            Map<String, ResultTable> results = table == null ? Map.of() : Map.of(RESULT, table);
            List<StepReport> steps = table == null
                    ? List.of()
                    : List.of(new StepReport(
                            RESULT, StepReport.Status.OK, table.rows().size(), elapsedMs, List.of(), null, Map.of()));
            return new Response(
                    requestId,
                    attempt,
                    Response.Status.OK,
                    results,
                    List.of(),
                    steps,
                    null,
                    null,
                    explain == null ? null : JsonValues.parse(explain),
                    List.of(),
                    warnings,
                    elapsedMs);
        }
    }
}
