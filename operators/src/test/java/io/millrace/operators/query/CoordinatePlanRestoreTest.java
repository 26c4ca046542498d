package io.millrace.operators.query;

import static io.millrace.operators.query.CoordinatePlanTest.ownerOf;
import static io.millrace.operators.support.Examples.SCAN;
import static io.millrace.operators.support.Examples.SCAN_AND_TRAVERSE;
import static io.millrace.operators.support.Examples.planned;
import static io.millrace.operators.support.Examples.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.query.CoordinatorFixture.Coordinator;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Fragment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pending requests over restores, at the same parallelism and at others. */
class CoordinatePlanRestoreTest {
    private static final List<String> IDS =
            IntStream.range(0, 8).mapToObj(i -> "r-" + i).toList();

    @TempDir
    private Path folder = Path.of("");

    private CoordinatorFixture fixture = new CoordinatorFixture(folder);

    @BeforeEach
    void useFolder() {
        fixture = new CoordinatorFixture(folder);
    }

    @Test
    void pendingRequestSurvivesARestoreAndIsAnsweredOnce() throws Exception {
        OperatorSubtaskState state;
        Fragment lost;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN_AND_TRAVERSE));
            lost = coordinator.fragment();
            coordinator.hearAll(lost, "ada", "ada");
            coordinator.fragment();
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            assertThat(coordinator.fragments()).as("before the task runs").isEmpty();
            coordinator.subtask().runMails();
            Fragment again = coordinator.fragment();
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(again.step()).as("the plan starts from its beginning").isZero();

            coordinator.hearAll(lost, "old", "old");
            assertThat(coordinator.fragments()).as("for partials of attempt 1").isEmpty();
            coordinator.hearAll(again, "ada", "ada");
            coordinator.hearAll(coordinator.fragment(), 0L, 0L, "bob");

            JsonNode answer = coordinator.answer();
            assertThat(answer.path("attempt").asInt()).isEqualTo(2);
            assertThat(answer.at("/results/s2/rows").toString()).isEqualTo("[[\"ada\",1]]");
            coordinator.timeIs(600_000);
            assertThat(coordinator.records()).as("at the old deadline").isEmpty();
        }
    }

    @Test
    void everyRestoreIsAnAttempt() throws Exception {
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN));
            state = coordinator.subtask().checkpoint(1);
        }
        for (int attempt = 2; attempt <= 4; attempt++) {
            try (Coordinator coordinator = fixture.start(1, 0, state)) {
                coordinator.subtask().runMails();
                assertThat(coordinator.fragment().attempt()).isEqualTo(attempt);
                state = coordinator.subtask().checkpoint(attempt);
            }
        }
    }

    @Test
    void answeredRequestIsNotStartedAgain() throws Exception {
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN));
            coordinator.hearAll(coordinator.fragment(), "a", "A");
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            coordinator.subtask().runMails();
            coordinator.timeIs(600_000);

            assertThat(coordinator.fragments()).isEmpty();
            assertThat(coordinator.records()).isEmpty();
        }
    }

    /** The source reads it again if the checkpoint was before it; the planner's copy then meets the pending one. */
    @Test
    void requestThatComesAgainBehindTheRestoreIsAnsweredOnce() throws Exception {
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN));
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            coordinator.take(planned("r-1", "'plan': " + SCAN));
            coordinator.subtask().runMails();
            coordinator.hearAll(coordinator.fragment(), "a", "A");

            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void timerOfARequestThatIsInStateWithoutARunStartsItAndItsDeadlineEndsIt() throws Exception {
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'timeout_ms': 200, 'plan': " + SCAN));
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            coordinator.timeIs(200);

            JsonNode answer = coordinator.answer();
            assertThat(CoordinatorFixture.code(answer)).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(answer.path("attempt").asInt()).isEqualTo(2);
            coordinator.subtask().runMails();
            assertThat(coordinator.records()).as("of the mail that restarts").isEmpty();
        }
    }

    @Test
    void errorOfALaterAttemptNamesIt() throws Exception {
        CoordinatorFixture small = fixture.with(Examples.settings(10, 10, 4_000));
        OperatorSubtaskState state;
        try (Coordinator coordinator = small.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN));
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = small.start(1, 0, state)) {
            coordinator.subtask().runMails();
            coordinator.hear(rows(coordinator.fragment(), 0, new Object[] {"a", "x".repeat(5_000)}));

            JsonNode answer = coordinator.answer();
            assertThat(CoordinatorFixture.code(answer)).isEqualTo("LIMIT_EXCEEDED");
            assertThat(answer.path("attempt").asInt()).isEqualTo(2);
        }
    }

    @Test
    void catalogCommandIsAppendedAgainAfterARestore() throws Exception {
        ControlOutcome done = new ControlOutcome(4, true, null);
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("ddl", "'statement': 'CREATE COLLECTION cities (id STRING PRIMARY KEY)'"));
            coordinator.hear(new ControlApplied("ddl", false, List.of(0, 1, 2, 3), done));
            state = coordinator.subtask().checkpoint(1);
        }
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            coordinator.subtask().runMails();
            OutgoingRecord entry = coordinator.records().get(0);
            assertThat(ControlCodec.read(entry.value()).requestId()).isEqualTo("ddl");

            coordinator.hear(new ControlApplied("ddl", true, List.of(0), done));
            assertThat(coordinator.records()).isEmpty();
            coordinator.hear(new ControlApplied("ddl", false, List.of(0, 1, 2, 3), done));
            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void pendingRequestsFollowTheirKeysWhenOneBecomesTwo() throws Exception {
        OperatorSubtaskState state;
        try (Coordinator coordinator = fixture.start()) {
            for (String id : IDS) {
                coordinator.take(planned(id, "'plan': " + SCAN));
            }
            state = coordinator.subtask().checkpoint(1);
        }
        Set<String> answered = new TreeSet<>();
        for (int index = 0; index < 2; index++) {
            try (Coordinator coordinator = fixture.start(2, index, Subtask.rescaled(1, 2, index, state))) {
                List<String> own = answerAll(coordinator);
                int subtask = index;
                assertThat(own).isNotEmpty().allMatch(id -> ownerOf(id) == subtask);
                answered.addAll(own);
            }
        }
        assertThat(answered).containsExactlyElementsOf(IDS);
    }

    @Test
    void pendingRequestsComeTogetherWhenTwoBecomeOne() throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[2];
        for (int index = 0; index < 2; index++) {
            try (Coordinator coordinator = fixture.start(2, index, null)) {
                for (String id : IDS) {
                    if (ownerOf(id) == index) {
                        coordinator.take(planned(id, "'plan': " + SCAN));
                    }
                }
                states[index] = coordinator.subtask().checkpoint(1);
            }
        }
        try (Coordinator coordinator = fixture.start(1, 0, Subtask.rescaled(2, 1, 0, states))) {
            assertThat(answerAll(coordinator)).containsExactlyInAnyOrderElementsOf(IDS);
        }
    }

    /** Starts what is pending, answers its fragments, and returns the ids of the answers. */
    private static List<String> answerAll(Coordinator coordinator) throws Exception {
        coordinator.subtask().runMails();
        List<String> ids = new ArrayList<>();
        for (Fragment fragment : coordinator.fragments()) {
            for (int shard = 0; shard < 4; shard++) {
                coordinator.hear(rows(fragment, shard));
            }
            ids.add(coordinator.answer().path("request_id").asText());
        }
        return ids;
    }
}
