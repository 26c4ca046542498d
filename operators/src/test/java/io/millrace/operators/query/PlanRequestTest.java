package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.CONTROL;
import static io.millrace.operators.support.Examples.ORIGIN;
import static io.millrace.operators.support.Examples.SCAN;
import static io.millrace.operators.support.Examples.controlRecord;
import static io.millrace.operators.support.Examples.incoming;
import static io.millrace.operators.support.Examples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.ControlApplied;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanRequestTest {
    @TempDir
    private Path folder = Path.of("");

    private Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner(
            CatalogSource source, int parallelism, int index, @Nullable OperatorSubtaskState state) throws Exception {
        return new Subtask<IncomingRequest, SourceRecord, CoordinatorInput>(
                        new PlanRequest.Factory(Examples.settings(), source),
                        MillraceTypes.COORDINATOR_INPUT,
                        parallelism,
                        index)
                .keyed(IncomingRequest::planningKey, null, Types.STRING, folder)
                .start(state);
    }

    private static PlannedRequest ask(
            Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner, IncomingRequest request)
            throws Exception {
        planner.first(request);
        List<CoordinatorInput> out = planner.take();
        assertThat(out).hasSize(1);
        return ((CoordinatorInput.Planned) out.get(0)).request();
    }

    private static PlannedRequest scan(Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner)
            throws Exception {
        return scan(planner, "r-1");
    }

    private static PlannedRequest scan(
            Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner, String requestId) throws Exception {
        return ask(planner, incoming(requestId, "'plan': " + SCAN));
    }

    private static List<ControlApplied> acknowledged(Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner) {
        return planner.take().stream()
                .map(out -> ((CoordinatorInput.Acknowledged) out).applied())
                .toList();
    }

    private static ErrorCode error(PlannedRequest planned) {
        return ((PlannedRequest.Answer) planned.outcome()).errors().get(0).code();
    }

    @Test
    void plansByTheCatalogThatTheControlStreamHasBuiltSoFar() throws Exception {
        try (var planner = planner(Examples.empty(), 1, 0, null)) {
            assertThat(error(scan(planner))).isEqualTo(ErrorCode.NOT_FOUND_COLLECTION);

            planner.second(controlRecord(0, CONTROL.get(0)));
            planner.take();

            PlannedRequest planned = scan(planner);
            assertThat(planned.outcome()).isInstanceOf(PlannedRequest.Run.class);
            assertThat(planned.catalogVersion()).isEqualTo(1);
        }
    }

    @Test
    void withoutACheckpointTheCatalogIsThereBeforeTheFirstRequest() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            assertThat(scan(planner).catalogVersion()).isEqualTo(CONTROL.size());
        }
    }

    @Test
    void everyControlRecordIsAcknowledgedInTheNameOfTheSubtask() throws Exception {
        try (var planner = planner(Examples.empty(), 2, 1, null)) {
            planner.second(controlRecord(0, CONTROL.get(0)));

            assertThat(acknowledged(planner)).singleElement().satisfies(applied -> {
                assertThat(applied.requestId()).isEqualTo("ddl-0");
                assertThat(applied.planner()).isTrue();
                assertThat(applied.members()).containsExactly(1);
                assertThat(applied.outcome().changed()).isTrue();
                assertThat(applied.outcome().version()).isEqualTo(1);
            });
        }
    }

    /** A coordinator that starts again after a restore appends its record again, and waits for this answer. */
    @Test
    void repeatedRequestIdIsAcknowledgedWithTheFirstOutcome() throws Exception {
        try (var planner = planner(Examples.empty(), 1, 0, null)) {
            planner.second(controlRecord(0, CONTROL.get(0)));
            ControlApplied first = acknowledged(planner).get(0);

            planner.second(controlRecord(1, CONTROL.get(0)));

            assertThat(acknowledged(planner)).containsExactly(first);
            assertThat(scan(planner).catalogVersion()).isEqualTo(2);
        }
    }

    /** What {@code open} has read comes once more through the stream. */
    @Test
    void recordThatWasReadAtTheStartIsAcknowledgedAndNotAppliedTwice() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            planner.second(controlRecord(0, CONTROL.get(0)));

            assertThat(acknowledged(planner))
                    .extracting(ControlApplied::requestId)
                    .containsExactly("ddl-0");
            assertThat(scan(planner).catalogVersion()).isEqualTo(CONTROL.size());
        }
    }

    @Test
    void controlRecordThatCannotBeReadMovesTheVersionAndIsNotAcknowledged() throws Exception {
        try (var planner = planner(Examples.empty(), 1, 0, null)) {
            planner.second(controlRecord(0, utf8("nonsense")));
            planner.second(new SourceRecord("millrace.control", 0, 1, 0, null, null, java.util.Map.of()));
            assertThat(planner.take()).isEmpty();

            assertThat(scan(planner).catalogVersion()).isEqualTo(2);
        }
    }

    @Test
    void requestThatCannotBeReadIsRefusedUnderItsDefaultId() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            PlannedRequest refused =
                    ask(planner, new IncomingRequest("r:k", "k", ORIGIN, utf8("{\"plan\""), List.of()));

            assertThat(refused.requestId()).isEqualTo("k");
            assertThat(error(refused)).isEqualTo(ErrorCode.INVALID_JSON);
        }
    }

    @Test
    void requestWithProblemsFromItsHeadersIsRefusedUnderItsOwnId() throws Exception {
        Problem problem = Problem.of(ErrorCode.INVALID_REPLY_TOPIC, "no");
        byte[] value = Examples.request("mine", "'plan': " + SCAN);
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            PlannedRequest refused = ask(planner, new IncomingRequest("r:mine", "k", ORIGIN, value, List.of(problem)));

            assertThat(refused.requestId()).isEqualTo("mine");
            assertThat(((PlannedRequest.Answer) refused.outcome()).errors()).containsExactly(problem);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'plan': {'steps': []}", "'statement': 'SELEC 1'", "'statement': 'SELECT 1'"})
    void allThatIsWrongWithARequestIsToldAtOnce(String asked) throws Exception {
        Problem header = Problem.of(ErrorCode.INVALID_REPLY_TOPIC, "no");
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            PlannedRequest alone = ask(planner, incoming("r", asked));
            byte[] value = Examples.request("r", "'extra': 1, " + asked);

            PlannedRequest refused = ask(planner, new IncomingRequest("r:r", "k", ORIGIN, value, List.of(header)));

            List<Problem> problems = ((PlannedRequest.Answer) refused.outcome()).errors();
            assertThat(problems).hasSizeGreaterThan(2).startsWith(header);
            assertThat(problems.get(1).path()).isEqualTo("$.extra");
            assertThat(problems.subList(2, problems.size()))
                    .isEqualTo(((PlannedRequest.Answer) alone.outcome()).errors());
        }
    }

    @Test
    void catalogSurvivesARestore() throws Exception {
        OperatorSubtaskState state;
        PlannedRequest before;
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            before = scan(planner);
            state = planner.checkpoint(1);
        }
        try (var planner = planner(Examples.empty(), 1, 0, state)) {
            assertThat(scan(planner)).usingRecursiveComparison().isEqualTo(before);
        }
    }

    @Test
    void whatWasCreatedSinceTheCheckpointIsKnownAtOnce() throws Exception {
        OperatorSubtaskState state;
        try (var planner = planner(Examples.empty(), 1, 0, null)) {
            state = planner.checkpoint(1);
        }
        try (var planner = planner(Examples.full(), 1, 0, state)) {
            assertThat(scan(planner).catalogVersion()).isEqualTo(CONTROL.size());
        }
    }

    @Test
    void everySubtaskHasTheWholeCatalogAfterOneBecomesTwo() throws Exception {
        OperatorSubtaskState state;
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            state = planner.checkpoint(1);
        }
        for (int index = 0; index < 2; index++) {
            try (var planner = planner(Examples.empty(), 2, index, Subtask.rescaled(1, 2, index, state))) {
                assertThat(scan(planner, idOf(index)).catalogVersion()).isEqualTo(CONTROL.size());
            }
        }
    }

    /** Returns a request id whose planning key one of two subtasks has. */
    private static String idOf(int subtask) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "r-" + i)
                .filter(id -> Subtask.ownerOf("r:" + id, 2) == subtask)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theNewestCatalogWinsWhenTwoBecomeOne() throws Exception {
        OperatorSubtaskState behind;
        OperatorSubtaskState ahead;
        try (var planner = planner(Examples.full(), 2, 0, null)) {
            ahead = planner.checkpoint(1);
        }
        try (var planner = planner(Examples.empty(), 2, 1, null)) {
            planner.second(controlRecord(0, CONTROL.get(0)));
            behind = planner.checkpoint(1);
        }
        for (OperatorSubtaskState both :
                List.of(Subtask.rescaled(2, 1, 0, ahead, behind), Subtask.rescaled(2, 1, 0, behind, ahead))) {
            try (var planner = planner(Examples.empty(), 1, 0, both)) {
                assertThat(scan(planner).catalogVersion()).isEqualTo(CONTROL.size());
            }
        }
    }

    private static IncomingRequest question(String id, String text, String rest) {
        byte[] value = Examples.request(id, "'question': {'text': '" + text + "', 'context': 'c'}" + rest);
        return new IncomingRequest("q:" + text + "\nc", id, ORIGIN, value, List.of());
    }

    private static PlannedRequest stored(Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner, String text)
            throws Exception {
        return ask(planner, question("store-" + text, text, ", 'plan': " + SCAN));
    }

    private static @Nullable PlanSource source(PlannedRequest planned) {
        return planned.outcome() instanceof PlannedRequest.Run run ? run.plan().source() : null;
    }

    @Test
    void aPlanThatCameWithItsQuestionAnswersTheQuestionAlone() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            assertThat(error(ask(planner, question("r-1", "who", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);
            assertThat(source(stored(planner, "who"))).isEqualTo(PlanSource.STORED);

            PlannedRequest hit = ask(planner, question("r-2", "who", ""));

            assertThat(source(hit)).isEqualTo(PlanSource.CACHE);
            assertThat(error(ask(planner, question("r-3", "whom", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);
        }
    }

    @Test
    void aPlanThatIsWrongIsNotKept() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            ask(planner, question("r-1", "who", ", 'plan': {'steps': []}"));
            assertThat(error(ask(planner, question("r-2", "who", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);
        }
    }

    @Test
    void aKeptPlanEndsWithItsTimeAndWithTheCatalogItWasMadeFor() throws Exception {
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            stored(planner, "old");
            planner.setProcessingTime(Examples.NOW_MS + 29_999);
            assertThat(source(ask(planner, question("r-1", "old", "")))).isEqualTo(PlanSource.CACHE);
            planner.setProcessingTime(Examples.NOW_MS + 30_000);
            assertThat(error(ask(planner, question("r-2", "old", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);

            stored(planner, "catalog");
            planner.second(controlRecord(CONTROL.size(), CONTROL.get(0)));
            planner.take();
            assertThat(error(ask(planner, question("r-3", "catalog", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);
        }
    }

    @Test
    void keptPlansSurviveARestoreAndTheOneThatWasNotUsedForLongestGoesFirst() throws Exception {
        OperatorSubtaskState state;
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            for (String text : List.of("a", "b", "c")) {
                stored(planner, text);
                planner.setProcessingTime(Examples.NOW_MS + text.charAt(0));
            }
            state = planner.checkpoint(1);
        }
        try (var planner = planner(Examples.full(), 1, 0, state)) {
            ask(planner, question("r-0", "a", ""));
            stored(planner, "d");
            assertThat(error(ask(planner, question("r-1", "b", "")))).isEqualTo(ErrorCode.PLAN_REQUIRED);
            for (String text : List.of("a", "c", "d")) {
                assertThat(source(ask(planner, question("r-" + text, text, ""))))
                        .as(text)
                        .isEqualTo(PlanSource.CACHE);
            }
        }
    }

    @Test
    void keptPlansAreWhereTheirQuestionsGoAfterOneBecomesTwo() throws Exception {
        OperatorSubtaskState state;
        List<String> texts = List.of("a", "b"); // A share of two plans each.
        try (var planner = planner(Examples.full(), 1, 0, null)) {
            for (String text : texts) {
                stored(planner, text);
            }
            state = planner.checkpoint(1);
        }
        for (int index = 0; index < 2; index++) {
            try (var planner = planner(Examples.full(), 2, index, Subtask.rescaled(1, 2, index, state))) {
                for (String text : texts) {
                    if (Subtask.ownerOf("q:" + text + "\nc", 2) == index) {
                        PlannedRequest hit = ask(planner, question("r-" + text, text, ""));
                        assertThat(source(hit)).as(text).isEqualTo(PlanSource.CACHE);
                    }
                }
            }
        }
    }
}
