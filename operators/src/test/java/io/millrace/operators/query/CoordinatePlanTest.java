package io.millrace.operators.query;

import static io.millrace.operators.query.CoordinatorFixture.code;
import static io.millrace.operators.support.Examples.EVENTS;
import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.ORIGIN;
import static io.millrace.operators.support.Examples.SCAN;
import static io.millrace.operators.support.Examples.SCAN_AND_TRAVERSE;
import static io.millrace.operators.support.Examples.SHARDS;
import static io.millrace.operators.support.Examples.partial;
import static io.millrace.operators.support.Examples.planned;
import static io.millrace.operators.support.Examples.rows;
import static io.millrace.operators.support.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.query.CoordinatorFixture.Coordinator;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatePlanTest {
    private static final PlannedRequest ONE_STEP = planned("r-1", "'plan': " + SCAN);
    private static final PlannedRequest TWO_STEPS = planned("r-2", "'plan': " + SCAN_AND_TRAVERSE);

    @TempDir
    private Path folder = Path.of("");

    private CoordinatorFixture fixture = new CoordinatorFixture(folder);

    @BeforeEach
    void useFolder() {
        fixture = new CoordinatorFixture(folder);
    }

    @Test
    void oneStepIsOneFragmentAndIsAnsweredWhenEveryShardHasBeenHeard() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            Fragment fragment = coordinator.fragment();
            assertThat(fragment.attempt()).isEqualTo(1);
            assertThat(fragment.catalogVersion()).isEqualTo(Examples.catalog().version());

            for (int shard = 0; shard < SHARDS - 1; shard++) {
                coordinator.hear(rows(fragment, shard, new Object[] {"id-" + shard, "name"}));
            }
            assertThat(coordinator.records()).isEmpty();
            coordinator.hear(rows(fragment, SHARDS - 1));

            List<OutgoingRecord> records = coordinator.records();
            assertThat(records).singleElement().satisfies(answer -> {
                assertThat(answer.topic()).isEqualTo("millrace.responses");
                assertThat(text(answer.key())).isEqualTo("r-1");
                assertThat(answer.headers()).isEmpty();
            });
            JsonNode answer = Examples.answer(records.get(0));
            assertThat(answer.path("status").asText()).isEqualTo("ok");
            assertThat(answer.at("/results/s1/rows")).hasSize(SHARDS - 1);
            assertThat(answer.at("/freshness/lag_ms").isNumber()).isTrue();
            assertThat(coordinator.subtask().numProcessingTimeTimers())
                    .as("timers that are left")
                    .isZero();
        }
    }

    @Test
    void secondStepStartsWithTheRowsOfTheFirst() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(TWO_STEPS);
            coordinator.hearAll(coordinator.fragment(), "ada", "ada");

            Fragment expand = coordinator.fragment();
            assertThat(((FragmentOperation.ExpandVertices) expand.operation()).vertices())
                    .extracting(FragmentOperation.Vertex::key)
                    .containsExactly("ada");
            coordinator.hearAll(expand, 0L, 0L, "bob");

            assertThat(coordinator.answer().at("/results/s2/rows").toString()).isEqualTo("[[\"ada\",1]]");
        }
    }

    @Test
    void secondPartialOfAShardChangesNothing() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            Fragment fragment = coordinator.fragment();
            coordinator.hear(rows(fragment, 0, new Object[] {"a", "A"}));
            coordinator.hear(rows(fragment, 0, new Object[] {"a", "A"}));
            coordinator.hearAll(fragment, "a", "A");

            assertThat(coordinator.answer().at("/results/s1/rows")).hasSize(1);
        }
    }

    @Test
    void equalRequestThatIsPendingIsAnsweredOnce() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            Fragment fragment = coordinator.fragment();

            coordinator.take(planned("r-1", "'plan': " + SCAN));

            assertThat(coordinator.fragments()).isEmpty();
            coordinator.hearAll(fragment, "a", "A");
            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void otherRequestWithAPendingIdIsAConflictAndTheFirstGoesOn() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            Fragment fragment = coordinator.fragment();

            coordinator.take(planned("r-1", "'plan': " + SCAN_AND_TRAVERSE));
            assertThat(code(coordinator.answer())).isEqualTo("CONFLICT_REQUEST_ID");

            coordinator.hearAll(fragment, "a", "A");
            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void idMayBeUsedAgainWhenItsRequestIsAnswered() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            coordinator.hearAll(coordinator.fragment(), "a", "A");
            coordinator.answer();

            coordinator.take(planned("r-1", "'plan': " + SCAN_AND_TRAVERSE));

            assertThat(coordinator.fragment().step()).isZero();
        }
    }

    @Test
    void requestBeyondTheBoundIsOverloadedUntilAnotherIsAnswered() throws Exception {
        try (Coordinator coordinator =
                fixture.with(Examples.settings(1, 1, 1 << 20)).start()) {
            coordinator.take(ONE_STEP);
            Fragment fragment = coordinator.fragment();

            coordinator.take(TWO_STEPS);
            assertThat(code(coordinator.answer())).isEqualTo("OVERLOADED");
            assertThat(coordinator.fragments()).isEmpty();

            coordinator.hearAll(fragment, "a", "A");
            coordinator.answer();
            coordinator.take(TWO_STEPS);
            assertThat(coordinator.fragments()).hasSize(1);
        }
    }

    @Test
    void answerThatNeedsNoShardPassesEvenAFullCoordinator() throws Exception {
        try (Coordinator coordinator =
                fixture.with(Examples.settings(1, 1, 1 << 20)).start()) {
            coordinator.take(ONE_STEP);

            coordinator.take(planned("r-3", "'statement': 'SHOW COLLECTIONS'"));

            assertThat(coordinator.answer().at("/results/result/rows")).hasSize(1);
        }
    }

    @Test
    void demandOfAPartitionThatIsNotThereIsRefused() throws Exception {
        PlannedRequest demand =
                planned("r-1", "'freshness': {'min_offsets': {'" + EVENTS + "-7': 3}}, 'plan': " + SCAN);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(demand);

            JsonNode answer = coordinator.answer();
            assertThat(code(answer)).isEqualTo("INVALID_PARTITION");
            assertThat(answer.at("/errors/0/allowed/0").asText()).isEqualTo(EVENTS + "-0");
            assertThat(coordinator.fragments()).isEmpty();
        }
    }

    @Test
    void demandIsTakenWhileThePartitionsAreNotKnown() throws Exception {
        PlannedRequest demand =
                planned("r-1", "'freshness': {'min_offsets': {'" + EVENTS + "-7': 3}}, 'plan': " + SCAN);
        try (Coordinator coordinator = fixture.with(Map.of()).start()) {
            coordinator.take(demand);

            assertThat(coordinator.fragment().minOffsets()).isEqualTo(new OffsetToken(Map.of(EVENTS + "-7", 3L)));
        }
    }

    @Test
    void deadlineAnswersWithTheShardsThatWereHeard() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'timeout_ms': 200, 'plan': " + SCAN));
            Fragment fragment = coordinator.fragment();
            coordinator.hear(rows(fragment, 1, new Object[] {"a", "A"}));
            coordinator.timeIs(199);
            assertThat(coordinator.records()).isEmpty();

            coordinator.timeIs(200);

            JsonNode answer = coordinator.answer();
            assertThat(answer.path("status").asText()).isEqualTo("partial");
            assertThat(code(answer)).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(answer.at("/coverage/missing").toString()).isEqualTo("[0,2,3]");
            coordinator.hear(rows(fragment, 2));
            assertThat(coordinator.records()).as("for a late partial").isEmpty();
        }
    }

    @Test
    void shardThatWaitsForTheDemandedOffsetUntilTheDeadlineMakesTheAnswerStale() throws Exception {
        String partition = EVENTS + "-0";
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned(
                    "r-1",
                    "'timeout_ms': 200, 'freshness': {'min_offsets': {'" + partition + "': 9}}, 'plan': " + SCAN));
            Fragment fragment = coordinator.fragment();
            for (int shard = 1; shard < SHARDS; shard++) {
                coordinator.hear(rows(fragment, shard));
            }
            coordinator.hear(partial(
                    fragment,
                    0,
                    new PartialResult.Waiting(
                            new OffsetToken(Map.of(partition, 4L)), PartialResult.WaitingFor.OFFSETS)));
            coordinator.timeIs(200);

            JsonNode answer = coordinator.answer();
            assertThat(code(answer)).isEqualTo("STALE");
            assertThat(answer.at("/errors/0/detail").asText()).isEqualTo(partition + ": applied 4, demanded 9");
            assertThat(answer.path("results")).isEmpty();
        }
    }

    @Test
    void requestThatFillsTheCoordinatorsMemoryIsEndedAndTheOthersGoOn() throws Exception {
        try (Coordinator coordinator =
                fixture.with(Examples.settings(10, 10, 4_000)).start()) {
            coordinator.take(ONE_STEP);
            Fragment small = coordinator.fragment();
            coordinator.hear(rows(small, 0, new Object[] {"a", "A"}));
            coordinator.take(planned("big", "'plan': " + SCAN));
            Fragment large = coordinator.fragment();

            coordinator.hear(rows(large, 0, new Object[] {"a", "x".repeat(5_000)}));

            JsonNode answer = coordinator.answer();
            assertThat(answer.path("request_id").asText()).isEqualTo("big");
            assertThat(code(answer)).isEqualTo("LIMIT_EXCEEDED");
            for (int shard = 1; shard < SHARDS; shard++) {
                coordinator.hear(rows(small, shard));
            }
            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void answerGoesToTheReplyTopicWithTheCorrelationId() throws Exception {
        byte[] correlation = {0, 1, -1};
        RequestOrigin origin = new RequestOrigin("millrace.requests", NOW_MS, "replies", correlation);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': " + SCAN, origin));
            coordinator.hearAll(coordinator.fragment(), "a", "A");

            assertThat(coordinator.records()).singleElement().satisfies(answer -> {
                assertThat(answer.topic()).isEqualTo("replies");
                assertThat(answer.headers().get(ReadRequest.CORRELATION_HEADER)).isEqualTo(correlation);
            });
        }
    }

    @Test
    void catalogCommandIsAppendedAndAnsweredWhenAllPlannersAndShardsHaveAppliedIt() throws Exception {
        PlannedRequest command = planned("ddl", "'statement': 'CREATE COLLECTION cities (id STRING PRIMARY KEY)'");
        ControlOutcome done = new ControlOutcome(4, true, null);
        try (Coordinator coordinator = fixture.start(2, ownerOf("ddl"), null)) {
            coordinator.take(command);
            OutgoingRecord entry = coordinator.records().get(0);
            assertThat(entry.topic()).isEqualTo("millrace.control");
            assertThat(ControlCodec.read(entry.value()).requestId()).isEqualTo("ddl");

            coordinator.subtask().first(acknowledged(done, 0));
            coordinator.hear(new ControlApplied("ddl", false, List.of(0, 1), done));
            coordinator.hear(new ControlApplied("ddl", false, List.of(2, 3), done));
            assertThat(coordinator.records()).isEmpty();
            coordinator.subtask().first(acknowledged(done, 1));

            assertThat(coordinator.answer().at("/results/result/rows/0").toString())
                    .isEqualTo("[\"cities\",true]");
        }
    }

    private static CoordinatorInput acknowledged(ControlOutcome outcome, int planner) {
        return new CoordinatorInput.Acknowledged(new ControlApplied("ddl", true, List.of(planner), outcome));
    }

    static int ownerOf(String requestId) {
        return Subtask.ownerOf(requestId, 2);
    }

    @Test
    void acknowledgementsOfAnOrdinaryRequestsIdDoNotEndIt() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(ONE_STEP);
            coordinator.hear(new ControlApplied("r-1", false, List.of(0), new ControlOutcome(1, true, null)));
            assertThat(coordinator.records()).isEmpty();

            coordinator.hearAll(coordinator.fragment(), "a", "A");
            assertThat(coordinator.answer().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void refusedRequestIsAnsweredAtOnce() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(planned("r-1", "'plan': {'steps': []}", ORIGIN));

            assertThat(coordinator.answer().path("status").asText()).isEqualTo("error");
        }
    }
}
