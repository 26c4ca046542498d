package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.CatalogCommand;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.fragment.ControlApplied;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandRunTest {
    private static final ControlOutcome CHANGED = new ControlOutcome(10, true, null);

    private final CommandRun run = new CommandRun(
            new PlannedRequest(
                    "r-1",
                    Samples.ORIGIN,
                    1,
                    ExplainLevel.SUMMARY,
                    OffsetToken.NONE,
                    null,
                    false,
                    NOW_MS,
                    NOW_MS + 1_000,
                    9,
                    new PlannedRequest.Command(new CatalogCommand(
                            new ControlRecord("r-1", new CatalogChange.DropCollection("two", false)), "two"))),
            1,
            2,
            3);

    private void applied(boolean planner, ControlOutcome outcome, Integer... members) {
        run.onApplied(new ControlApplied("r-1", planner, List.of(members), outcome));
    }

    @Test
    void answerWaitsForEveryPlannerAndShard() {
        applied(true, CHANGED, 0, 1);
        applied(false, CHANGED, 2, 0);
        assertThat(run.isDone()).isFalse();
        applied(false, CHANGED, 1);

        assertThat(run.isDone()).isTrue();
        Response response = run.response(5_000_000);
        assertThat(Runs.rows(response)).containsExactly(List.of("two", true));
        assertThat(response.elapsedMs()).isEqualTo(5);
    }

    @Test
    void refusalIsAnError() {
        ControlOutcome refused = new ControlOutcome(10, false, Problem.of(ErrorCode.CONFLICT_NAME, "there"));
        applied(true, refused, 0, 1);
        applied(false, refused, 0, 1, 2);

        assertThat(run.response(0).errors()).extracting(Problem::code).containsExactly(ErrorCode.CONFLICT_NAME);
    }

    @Test
    void deadlineNamesWhoIsMissing() {
        applied(true, CHANGED, 1);
        applied(false, CHANGED, 0);
        run.onTimer(run.nextTimerMs());

        assertThat(run.response(0).errors()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(problem.message())
                    .isEqualTo("3 of 5 planners and shards have not applied the change within 1000 ms");
            assertThat(problem.detail()).isEqualTo("missing: planners [0], shards [1, 2]");
        });
    }
}
