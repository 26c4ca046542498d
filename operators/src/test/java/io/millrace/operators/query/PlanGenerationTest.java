package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.CONTROL;
import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.ORIGIN;
import static io.millrace.operators.support.Examples.SCAN;
import static io.millrace.operators.support.Examples.controlRecord;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.support.TestGenerators;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions that wait for plans at their planner. */
class PlanGenerationTest {
    private static final QuerySettings SETTINGS = Examples.withGenerator(10);

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void allowAll() {
        TestGenerators.reset();
    }

    /** A planner that runs. */
    private record Planner(Subtask<IncomingRequest, SourceRecord, CoordinatorInput> subtask) implements AutoCloseable {
        void ask(String id, String text) throws Exception {
            ask(id, text, "");
        }

        void ask(String id, String text, String more) throws Exception {
            byte[] value = Examples.request(id, "'question': {'text': '" + text + "'}" + more);
            subtask.first(new IncomingRequest(key(text), id, ORIGIN, value, List.of()));
        }

        /** Returns what left since the last time, without control records. */
        List<PlannedRequest> planned() {
            return subtask.take().stream()
                    .filter(CoordinatorInput.Planned.class::isInstance)
                    .map(out -> ((CoordinatorInput.Planned) out).request())
                    .toList();
        }

        /** Runs mails until so many requests have left. */
        List<PlannedRequest> planned(int count) {
            List<PlannedRequest> all = new ArrayList<>();
            await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
                subtask.runMails();
                all.addAll(planned());
                return all.size() >= count;
            });
            assertThat(all).hasSize(count);
            return all;
        }

        PlannedRequest one() {
            return planned(1).get(0);
        }

        void timeIs(long sinceStartMs) throws Exception {
            subtask.setProcessingTime(NOW_MS + sinceStartMs);
        }

        @Override
        public void close() throws Exception {
            subtask.close();
        }
    }

    private static String key(String text) {
        return "q:" + text + "\n";
    }

    private Planner start() throws Exception {
        return start(SETTINGS, Examples.full(), 1, 0, null);
    }

    private Planner start(@Nullable OperatorSubtaskState state) throws Exception {
        return start(SETTINGS, Examples.full(), 1, 0, state);
    }

    private Planner start(
            QuerySettings settings,
            CatalogSource source,
            int parallelism,
            int index,
            @Nullable OperatorSubtaskState state)
            throws Exception {
        return new Planner(new Subtask<IncomingRequest, SourceRecord, CoordinatorInput>(
                        new PlanRequest.Factory(settings, source), MillraceTypes.COORDINATOR_INPUT, parallelism, index)
                .keyed(IncomingRequest::planningKey, null, Types.STRING, folder)
                .start(state));
    }

    private static @Nullable PlanSource source(PlannedRequest planned) {
        return planned.outcome() instanceof PlannedRequest.Run run ? run.plan().source() : null;
    }

    private static Problem error(PlannedRequest planned) {
        return ((PlannedRequest.Answer) planned.outcome()).errors().get(0);
    }

    private static ErrorCode code(PlannedRequest planned) {
        return error(planned).code();
    }

    @Test
    void questionWithoutAPlanGetsOneThatIsKeptForTheNext() throws Exception {
        try (Planner planner = start()) {
            planner.ask("r-1", "who");
            assertThat(planner.planned()).as("before the mail").isEmpty();

            PlannedRequest generated = planner.one();
            assertThat(generated.requestId()).isEqualTo("r-1");
            assertThat(source(generated)).isEqualTo(PlanSource.GENERATED);
            assertThat(generated.deadlineMs()).isEqualTo(NOW_MS + 60_000);
            planner.ask("r-2", "who");
            assertThat(source(planner.one())).isEqualTo(PlanSource.CACHE);
            assertThat(TestGenerators.asked()).containsExactly("who");
            assertThat(planner.subtask().numProcessingTimeTimers()).isZero();
        }
    }

    @Test
    void explainedPlanSaysThatItWasGeneratedAndThenThatItWasKept() throws Exception {
        try (Planner planner = start()) {
            for (String from : List.of("generated", "cache")) {
                planner.ask("r-" + from, "who", ", 'explain': 'plan'");
                var answer = (PlannedRequest.Answer) planner.one().outcome();
                assertThat(answer.explain()).contains("\"plan_from\":\"" + from + "\"");
            }
        }
    }

    @Test
    void equalQuestionsThatWaitShareOneCallAndOthersDoNot() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            planner.ask("r-1", "who");
            planner.ask("r-2", "who");
            planner.ask("r-3", "whom");
            TestGenerators.allow(2);

            List<PlannedRequest> planned = planner.planned(3);

            assertThat(planned).extracting(PlannedRequest::requestId).containsExactlyInAnyOrder("r-1", "r-2", "r-3");
            assertThat(planned).allMatch(each -> source(each) == PlanSource.GENERATED);
            assertThat(TestGenerators.asked()).containsExactly("who", "whom");
            planner.ask("r-4", "whom");
            assertThat(source(planner.one())).as("kept under its own key").isEqualTo(PlanSource.CACHE);
        }
    }

    @Test
    void failureIsAnsweredWithItsReasonAndTheNextQuestionAsksAgain() throws Exception {
        TestGenerators.fail(Problem.of(ErrorCode.UNAVAILABLE, "back soon"));
        try (Planner planner = start()) {
            planner.ask("r-1", "who");
            assertThat(error(planner.one())).isEqualTo(Problem.of(ErrorCode.UNAVAILABLE, "back soon"));

            TestGenerators.plan(SCAN);
            planner.ask("r-2", "who");
            assertThat(source(planner.one())).isEqualTo(PlanSource.GENERATED);
        }
    }

    /** A generator of somebody else's may not check what it makes. */
    @Test
    void planThatIsWrongIsAnsweredAsTheGeneratorsAndNotKept() throws Exception {
        TestGenerators.plan(SCAN.replace("scan", "drop"));
        try (Planner planner = start()) {
            for (String id : List.of("r-1", "r-2")) {
                planner.ask(id, "who");
                Problem problem = error(planner.one());
                assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_OP);
                assertThat(problem.path()).startsWith("$.generated_plan.steps[0]");
                assertThat(problem.message()).startsWith("generated plan: ");
            }
            assertThat(TestGenerators.asked()).hasSize(2);
        }
    }

    @Test
    void planIsMadeForTheCatalogOfTheMomentInWhichItArrives() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start(SETTINGS, Examples.empty(), 1, 0, null)) {
            planner.ask("r-1", "who");
            for (int i = 0; i < CONTROL.size(); i++) {
                planner.subtask().second(controlRecord(i, CONTROL.get(i)));
            }
            TestGenerators.allow(1);

            PlannedRequest planned = planner.one();

            assertThat(source(planned)).isEqualTo(PlanSource.GENERATED);
            assertThat(planned.catalogVersion()).isEqualTo(CONTROL.size());
        }
    }

    @Test
    void planThatSomebodySendsMeanwhileOutranksTheGeneratedOne() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            planner.ask("r-1", "who");
            planner.ask("r-2", "who", ", 'plan': " + Examples.SCAN_AND_TRAVERSE);
            assertThat(source(planner.one())).isEqualTo(PlanSource.STORED);
            TestGenerators.allow(1);

            PlannedRequest first = planner.one();

            assertThat(source(first)).isEqualTo(PlanSource.CACHE);
            assertThat(((PlannedRequest.Run) first.outcome()).plan().steps()).hasSize(2);
            planner.ask("r-3", "who");
            assertThat(((PlannedRequest.Run) planner.one().outcome()).plan().steps())
                    .hasSize(2);
        }
    }

    @Test
    void requestThatIsWrongBesidesIsAnsweredAndNobodyIsAsked() throws Exception {
        try (Planner planner = start()) {
            planner.ask("r-1", "who", ", 'options': {'nope': 1}");
            assertThat(code(planner.one())).isEqualTo(ErrorCode.INVALID_OPTION);
            assertThat(TestGenerators.asked()).isEmpty();
        }
    }

    @Test
    void deadlineEndsTheWaitAndThePlanIsKeptAllTheSame() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            planner.ask("r-1", "who", ", 'timeout_ms': 200");
            planner.ask("r-2", "who", ", 'timeout_ms': 300");
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !TestGenerators.asked().isEmpty());
            planner.timeIs(200);
            PlannedRequest late = planner.one();
            assertThat(late.requestId()).isEqualTo("r-1");
            assertThat(code(late)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            planner.timeIs(300);
            assertThat(planner.one().requestId()).isEqualTo("r-2");

            TestGenerators.allow(1);
            await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(planner.subtask()::runMail);

            assertThat(planner.planned()).isEmpty();
            planner.ask("r-3", "who");
            assertThat(source(planner.one())).isEqualTo(PlanSource.CACHE);
        }
    }

    @Test
    void questionForWhichNobodyWaitsAnyMoreIsNotAsked() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            planner.ask("r-1", "first");
            planner.ask("r-2", "second", ", 'timeout_ms': 200");
            planner.timeIs(200);
            assertThat(planner.one().requestId()).isEqualTo("r-2");
            TestGenerators.allow(10);
            assertThat(planner.one().requestId()).isEqualTo("r-1");

            planner.ask("r-3", "third");
            planner.one();

            assertThat(TestGenerators.asked()).containsExactly("first", "third");
        }
    }

    @Test
    void oneTooManyIsOverloadedUntilOthersAreAnswered() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start(Examples.withGenerator(2), Examples.full(), 1, 0, null)) {
            planner.ask("r-1", "a");
            planner.ask("r-2", "a");
            planner.ask("r-3", "a");
            PlannedRequest refused = planner.one();
            assertThat(refused.requestId()).isEqualTo("r-3");
            assertThat(code(refused)).isEqualTo(ErrorCode.OVERLOADED);

            TestGenerators.allow(2);
            planner.planned(2);
            planner.ask("r-4", "b");
            assertThat(source(planner.one())).isEqualTo(PlanSource.GENERATED);
        }
    }

    /** Requests that expire at once must not fill the queue behind the one that is slow. */
    @Test
    void questionsThatAreStillAskedCountWhenNobodyWaitsForThem() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start(Examples.withGenerator(1), Examples.full(), 1, 0, null)) {
            planner.ask("r-1", "a", ", 'timeout_ms': 100");
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !TestGenerators.asked().isEmpty());
            planner.timeIs(100);
            assertThat(code(planner.one())).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);

            planner.ask("r-2", "b");
            assertThat(code(planner.one())).isEqualTo(ErrorCode.OVERLOADED);
            planner.ask("r-3", "a");
            TestGenerators.allow(1);
            assertThat(source(planner.one())).isEqualTo(PlanSource.GENERATED);
        }
    }

    @Test
    void largeRequestsAreOverloadedByTheirBytes() throws Exception {
        TestGenerators.allow(0);
        String large = ", 'parameters': {'p': '" + "x".repeat(1_000_000) + "'}";
        try (Planner planner = start(Examples.withGenerator(1_000), Examples.full(), 1, 0, null)) {
            int taken = 0;
            while (planner.planned().isEmpty()) {
                planner.ask("r-" + taken++, "who", large);
            }
            assertThat(taken).as("of 64 MiB, the first of them twice").isBetween(64, 67);
            TestGenerators.allow(1);
            planner.planned(taken - 1);

            planner.ask("r-last", "whom", large);
            TestGenerators.allow(1);
            assertThat(source(planner.one())).isEqualTo(PlanSource.GENERATED);
        }
    }

    @Test
    void requestThatComesAgainWaitsOnceAndAnotherOfItsIdIsAConflict() throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            planner.ask("r-1", "who");
            planner.ask("r-1", "who");
            planner.ask("r-1", "who", ", 'timeout_ms': 7");
            assertThat(code(planner.one())).isEqualTo(ErrorCode.CONFLICT_REQUEST_ID);
            TestGenerators.allow(1);

            assertThat(source(planner.one())).isEqualTo(PlanSource.GENERATED);
        }
    }

    /** Lets a question wait, and returns the state. */
    private OperatorSubtaskState waiting(String... texts) throws Exception {
        TestGenerators.allow(0);
        try (Planner planner = start()) {
            for (String text : texts) {
                planner.ask("r-" + text, text);
            }
            return planner.subtask().checkpoint(1);
        }
    }

    @Test
    void questionThatWaitsSurvivesARestoreAndIsAskedAgain() throws Exception {
        OperatorSubtaskState state = waiting("who");
        TestGenerators.reset();
        try (Planner planner = start(state)) {
            assertThat(planner.planned()).as("before the task runs").isEmpty();

            PlannedRequest planned = planner.one();

            assertThat(source(planned)).isEqualTo(PlanSource.GENERATED);
            assertThat(planned.startedMs()).isEqualTo(NOW_MS);
            assertThat(TestGenerators.asked()).containsExactly("who");
            assertThat(planner.subtask().numProcessingTimeTimers()).isZero();
            state = planner.subtask().checkpoint(2);
        }
        try (Planner planner = start(state)) {
            planner.subtask().runMails();
            planner.timeIs(600_000);
            assertThat(planner.planned()).as("it was answered").isEmpty();
        }
    }

    @Test
    void deadlineIsKeptOverARestore() throws Exception {
        OperatorSubtaskState state = waiting("who");
        try (Planner planner = start(state)) {
            planner.timeIs(60_000);
            assertThat(code(planner.one())).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            planner.subtask().runMails();
            assertThat(planner.planned()).isEmpty();
        }
    }

    @Test
    void moreThanMayWaitAreAnsweredIfTheyHaveWaitedBefore() throws Exception {
        OperatorSubtaskState state = waiting("a", "b", "c");
        TestGenerators.allow(0);
        try (Planner planner = start(Examples.withGenerator(1), Examples.full(), 1, 0, state)) {
            planner.ask("r-d", "d");
            assertThat(code(planner.one())).isEqualTo(ErrorCode.OVERLOADED);
            TestGenerators.allow(3);

            assertThat(planner.planned(3)).allMatch(each -> source(each) == PlanSource.GENERATED);
        }
    }

    @Test
    void withoutAGeneratorWhatHasWaitedNeedsAPlanAfterARestore() throws Exception {
        OperatorSubtaskState state = waiting("who");
        try (Planner planner = start(Examples.settings(), Examples.full(), 1, 0, state)) {
            assertThat(code(planner.one())).isEqualTo(ErrorCode.PLAN_REQUIRED);
            assertThat(planner.subtask().numProcessingTimeTimers()).isZero();
            planner.ask("r-2", "who");
            assertThat(code(planner.one())).isEqualTo(ErrorCode.PLAN_REQUIRED);
        }
    }

    @Test
    void questionsThatWaitFollowTheirKeysWhenOneBecomesTwo() throws Exception {
        String[] texts = {"a", "b", "c", "d", "e", "f"};
        OperatorSubtaskState state = waiting(texts);
        TestGenerators.reset();
        TreeSet<String> answered = new TreeSet<>();
        for (int index = 0; index < 2; index++) {
            int subtask = index;
            List<String> own = List.of(texts).stream()
                    .filter(text -> Subtask.ownerOf(key(text), 2) == subtask)
                    .map(text -> "r-" + text)
                    .toList();
            assertThat(own).isNotEmpty();
            try (Planner planner = start(SETTINGS, Examples.full(), 2, index, Subtask.rescaled(1, 2, index, state))) {
                List<PlannedRequest> planned = planner.planned(own.size());
                assertThat(planned).extracting(PlannedRequest::requestId).containsExactlyInAnyOrderElementsOf(own);
                planned.forEach(each -> answered.add(each.requestId()));
            }
        }
        assertThat(answered).hasSize(texts.length);
    }

    @Test
    void questionsThatWaitComeTogetherWhenTwoBecomeOne() throws Exception {
        List<String> texts = List.of("a", "b", "c", "d", "e", "f");
        TestGenerators.allow(0);
        OperatorSubtaskState[] states = new OperatorSubtaskState[2];
        for (int index = 0; index < 2; index++) {
            try (Planner planner = start(SETTINGS, Examples.full(), 2, index, null)) {
                for (String text : texts) {
                    if (Subtask.ownerOf(key(text), 2) == index) {
                        planner.ask("r-" + text, text);
                    }
                }
                states[index] = planner.subtask().checkpoint(1);
            }
        }
        TestGenerators.reset();
        try (Planner planner = start(Subtask.rescaled(2, 1, 0, states))) {
            assertThat(planner.planned(texts.size()))
                    .extracting(PlannedRequest::requestId)
                    .containsExactlyInAnyOrder("r-a", "r-b", "r-c", "r-d", "r-e", "r-f");
        }
    }
}
