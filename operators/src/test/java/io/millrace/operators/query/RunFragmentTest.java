package io.millrace.operators.query;

import static io.millrace.operators.query.ShardsFixture.fetch;
import static io.millrace.operators.query.ShardsFixture.fragment;
import static io.millrace.operators.query.ShardsFixture.neighbours;
import static io.millrace.operators.query.ShardsFixture.rowsOf;
import static io.millrace.operators.query.ShardsFixture.scan;
import static io.millrace.operators.support.Examples.CONTROL;
import static io.millrace.operators.support.Examples.EVENTS;
import static io.millrace.operators.support.Examples.text;
import static io.millrace.operators.support.Examples.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.operators.support.Examples;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.codec.DeadLetterCodec;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.ChangeKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFragmentTest {
    private static final int ROWS = 600;

    /** A scan of these takes more steps than make a fragment a long one. */
    private static final int ROWS_OF_LONG = 4_000;

    @TempDir
    private Path folder = Path.of("");

    private ShardsFixture start(int parallelism) throws Exception {
        return new ShardsFixture(folder, Examples.settings(), Examples.full(), parallelism);
    }

    @Test
    void mutationIsSeenByTheNextFragment() throws Exception {
        try (ShardsFixture shards = start(1)) {
            shards.upsert("ada", "Ada");
            shards.upsert("bob", "Bob");
            shards.upsert("ada", "Ada L.");

            assertThat(shards.rows(scan())).containsExactly("[ada, Ada L.]", "[bob, Bob]");
        }
    }

    @Test
    void onePartialOfASubtaskCoversItsShardsAndNoOthers() throws Exception {
        try (ShardsFixture shards = start(2)) {
            shards.ask(fragment(scan(), OffsetToken.NONE));

            assertThat(shards.finish())
                    .extracting(output -> ((Partial) output).shards())
                    .containsExactly(List.of(0, 1), List.of(2, 3));
        }
    }

    @Test
    void shardsSurviveARestore() throws Exception {
        OperatorSubtaskState[] states;
        List<String> rows;
        List<String> edges;
        try (ShardsFixture shards = start(1)) {
            fill(shards);
            rows = shards.rows(scan());
            edges = shards.rows(neighbours("knows", false, "bob"));
            states = shards.checkpoint(1);
        }
        assertThat(rows).hasSize(ROWS);
        assertThat(edges).hasSize(1);
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1, states)) {
            assertThat(shards.rows(scan())).isEqualTo(rows);
            assertThat(shards.rows(neighbours("knows", false, "bob"))).isEqualTo(edges);
        }
    }

    @Test
    void shardsMoveWithTheirKeysWhenOneBecomesTwoAndOneAgain() throws Exception {
        OperatorSubtaskState[] states;
        List<String> rows;
        try (ShardsFixture shards = start(1)) {
            fill(shards);
            rows = shards.rows(scan());
            states = shards.checkpoint(1);
        }
        try (ShardsFixture shards = ShardsFixture.rescaled(folder, Examples.settings(), 1, 2, states)) {
            assertThat(shards.rows(scan())).isEqualTo(rows);
            shards.continueAt(10_000);
            shards.upsert("zoe", "Zoe");
            rows = shards.rows(scan());
            assertThat(rows).hasSize(ROWS + 1);
            states = shards.checkpoint(2);
        }
        try (ShardsFixture shards = ShardsFixture.rescaled(folder, Examples.settings(), 2, 1, states)) {
            assertThat(shards.rows(scan())).isEqualTo(rows);
        }
    }

    private static void fill(ShardsFixture shards) throws Exception {
        fill(shards, ROWS);
    }

    private static void fill(ShardsFixture shards, int rows) throws Exception {
        for (int i = 0; i < rows; i++) {
            shards.upsert("p" + i, "name " + i);
        }
        shards.edge("knows", "p1", "bob");
    }

    @Test
    void mutationThatComesAgainBehindARestoreIsAppliedOnce() throws Exception {
        OperatorSubtaskState[] states;
        try (ShardsFixture shards = start(1)) {
            shards.upsert("ada", "first");
            shards.upsert("ada", "second");
            states = shards.checkpoint(1);
        }
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1, states)) {
            shards.upsert("ada", "first");

            assertThat(shards.rows(fetch("ada"))).containsExactly("[ada, second]");
        }
    }

    /** The events of a new collection come again at once, and the control stream may come behind them. */
    @Test
    void eventOfACollectionThatIsYoungerThanTheCheckpointIsApplied() throws Exception {
        OperatorSubtaskState[] states;
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1)) {
            states = shards.checkpoint(1);
        }
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.full(), 1, states)) {
            shards.upsert("ada", "Ada");

            assertThat(shards.rows(scan())).containsExactly("[ada, Ada]");
        }
    }

    @Test
    void startWithAnotherShardCountIsRefused() throws Exception {
        OperatorSubtaskState[] states;
        try (ShardsFixture shards = start(1)) {
            shards.upsert("ada", "Ada");
            states = shards.checkpoint(1);
        }
        QuerySettings s = Examples.settings();
        QuerySettings other = new QuerySettings(
                s.controlTopic(),
                s.responseTopic(),
                s.deadLetterTopic(),
                s.eventTopics(),
                s.replyTopics(),
                8,
                s.maxParallelism(),
                s.requestBytesMax(),
                s.responseBytesMax(),
                s.deadLetterBytesMax(),
                s.inFlightMax(),
                s.inFlightPerTenantMax(),
                s.efSearch(),
                s.preselectAlpha(),
                s.requestMemoryBytesMax(),
                s.coordinatorMemoryBytesMax(),
                s.slices(),
                s.vectorMemoryMax(),
                s.cachedPlansMax(),
                s.cachedPlanTtlMs(),
                s.sessions(),
                s.hopsMax(),
                s.embedder(),
                s.clusters(),
                s.planGenerator(),
                s.statisticsTopic(),
                s.statisticsIntervalMs(),
                s.hybrid());

        assertThatThrownBy(() -> new ShardsFixture(folder, other, Examples.empty(), 1, states))
                .hasStackTraceContaining("the state has 4 shards");
    }

    @Test
    void controlRecordIsAcknowledgedForTheShardsOfEachSubtask() throws Exception {
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 2)) {
            shards.broadcast(new LoopMessage.Control(0, CONTROL.get(0)));

            List<ShardOutput> outputs = shards.outputs();
            assertThat(outputs).extracting(ShardOutput::requestId).containsOnly("ddl-0");
            assertThat(outputs).allMatch(output -> !((ControlApplied) output).planner());
            assertThat(outputs)
                    .extracting(output -> ((ControlApplied) output).members())
                    .containsExactly(List.of(0, 1), List.of(2, 3));
        }
    }

    @Test
    void subtaskWithoutShardsSaysNothing() throws Exception {
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 8)) {
            shards.broadcast(new LoopMessage.Control(0, CONTROL.get(0)));
            assertThat(shards.outputs())
                    .hasSize(4)
                    .allMatch(output -> ((ControlApplied) output).members().size() == 1);

            shards.ask(fragment(scan(), OffsetToken.NONE, 1));
            assertThat(shards.finish()).hasSize(4);
        }
    }

    @Test
    void fragmentOfALaterCatalogWaitsForIt() throws Exception {
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1)) {
            shards.ask(fragment(scan(), OffsetToken.NONE, 2));
            shards.broadcast(new LoopMessage.Control(0, CONTROL.get(0)));
            assertThat(shards.finish()).singleElement().isInstanceOf(ControlApplied.class);

            shards.broadcast(new LoopMessage.Control(1, utf8("nonsense")));

            assertThat(shards.finish())
                    .singleElement()
                    .satisfies(output -> assertThat(rowsOf(output)).isEmpty());
        }
    }

    @Test
    void fragmentWithATokenWaitsUntilItsOffsetIsApplied() throws Exception {
        try (ShardsFixture shards = start(1)) {
            shards.upsert("ada", "Ada");
            shards.markers();
            shards.ask(fragment(scan(), new OffsetToken(Map.of(EVENTS + "-0", 2L))));
            assertThat(shards.finish())
                    .singleElement()
                    .extracting(output -> ((Partial) output).result())
                    .isEqualTo(new PartialResult.Waiting(
                            new OffsetToken(Map.of(EVENTS + "-0", 1L)), PartialResult.WaitingFor.OFFSETS));

            shards.upsert("bob", "Bob");
            shards.markers();

            assertThat(shards.finish())
                    .singleElement()
                    .satisfies(output -> assertThat(rowsOf(output)).hasSize(2));
        }
    }

    /** What was parked is lost with the task: its coordinator asks again, so state must not answer for it. */
    @Test
    void parkedFragmentIsNotInTheCheckpoint() throws Exception {
        OperatorSubtaskState[] states;
        try (ShardsFixture shards = start(1)) {
            shards.ask(fragment(scan(), new OffsetToken(Map.of(EVENTS + "-0", 1L))));
            states = shards.checkpoint(1);
        }
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1, states)) {
            shards.upsert("ada", "Ada");
            shards.markers();

            assertThat(shards.finish()).isEmpty();
        }
    }

    @Test
    void longScanLetsMutationsAndShortFragmentsPass() throws Exception {
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.smallestSlices(), Examples.full(), 1)) {
            fill(shards);
            Fragment longScan = fragment(scan(), OffsetToken.NONE);
            shards.ask(longScan);
            assertThat(shards.outputs()).as("after the first slice").isEmpty();
            assertThat(shards.subtask(0).runMail()).isTrue();

            shards.upsert("zoe", "Zoe");
            shards.edge("knows", "zoe", "ada");
            shards.ask(new Fragment("short", 1, 0, 0, 0, longScan.deadlineMs(), OffsetToken.NONE, fetch("zoe")));
            List<ShardOutput> outputs = shards.finish();

            assertThat(outputs).extracting(ShardOutput::requestId).containsExactly("short", "r-1");
            assertThat(rowsOf(outputs.get(0))).containsExactly("[zoe, Zoe]");
            assertThat(rowsOf(outputs.get(1)))
                    .containsAll(IntStream.range(0, ROWS)
                            .mapToObj(i -> "[p" + i + ", name " + i + "]")
                            .toList());
        }
    }

    @Test
    void longScanRestsBetweenItsSlicesWhileOthersAsk() throws Exception {
        try (ShardsFixture shards =
                new ShardsFixture(folder, Examples.slices(new SliceSettings(0, 2)), Examples.full(), 1)) {
            fill(shards, ROWS_OF_LONG);
            Fragment longScan = fragment(scan(), OffsetToken.NONE);
            shards.ask(longScan);
            shards.ask(new Fragment("short", 1, 0, 0, 0, longScan.deadlineMs(), OffsetToken.NONE, fetch("p1")));

            assertThat(shards.finish()).extracting(ShardOutput::requestId).containsExactly("short");
            shards.timeIs(99);
            assertThat(shards.outputs()).isEmpty();
            shards.timeIs(100);
            shards.timeIs(102);
            assertThat(shards.outputs()).extracting(ShardOutput::requestId).containsOnly("r-1");
        }
    }

    @Test
    void longScanDoesNotRestForItself() throws Exception {
        try (ShardsFixture shards =
                new ShardsFixture(folder, Examples.slices(new SliceSettings(0, 2)), Examples.full(), 1)) {
            fill(shards, ROWS_OF_LONG);
            shards.ask(fragment(scan(), OffsetToken.NONE));
            shards.ask(fragment(scan(), OffsetToken.NONE));

            assertThat(shards.finish()).extracting(ShardOutput::requestId).containsOnly("r-1");
        }
    }

    @Test
    void fragmentThatExpiresBetweenSlicesIsGivenUp() throws Exception {
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.smallestSlices(), Examples.full(), 1)) {
            fill(shards);
            shards.ask(fragment(scan(), OffsetToken.NONE));
            shards.timeIs(60_001);

            assertThat(shards.outputs()).isEmpty();
        }
    }

    @Test
    void batchedEdgeIsSeenWhenItsTimeHasCome() throws Exception {
        try (ShardsFixture shards = start(2)) {
            shards.edge("met", "ada", "bob");
            assertThat(shards.rows(neighbours("met", true, "ada"))).isEmpty();

            shards.timeIs(49);
            assertThat(shards.rows(neighbours("met", true, "ada"))).isEmpty();
            shards.timeIs(50);

            assertThat(shards.rows(neighbours("met", true, "ada"))).containsExactly("[0, 0, bob]");
            assertThat(shards.rows(neighbours("met", false, "bob"))).containsExactly("[0, 0, ada]");
        }
    }

    @Test
    void batchedEdgeThatWaitsSurvivesARestore() throws Exception {
        OperatorSubtaskState[] states;
        try (ShardsFixture shards = start(1)) {
            shards.edge("met", "ada", "bob");
            states = shards.checkpoint(1);
        }
        try (ShardsFixture shards = new ShardsFixture(folder, Examples.settings(), Examples.empty(), 1, states)) {
            shards.timeIs(200);

            assertThat(shards.rows(neighbours("met", true, "ada"))).containsExactly("[0, 0, bob]");
        }
    }

    @Test
    void mutationThatFitsNoCollectionIsADeadLetter() throws Exception {
        try (ShardsFixture shards = start(1)) {
            shards.document("peple", ChangeKind.UPSERT, "ada", false, Map.of());

            List<OutgoingRecord> records = shards.subtask(0).take(RunFragment.RECORDS);
            assertThat(records).singleElement().satisfies(letter -> {
                assertThat(letter.topic()).isEqualTo("millrace.dead-letters");
                assertThat(text(letter.headers().get(DeadLetterCodec.REASON))).isEqualTo("NOT_FOUND_COLLECTION");
                assertThat(text(letter.headers().get(DeadLetterCodec.SOURCE_TOPIC)))
                        .isEqualTo(EVENTS);
            });
        }
    }

    @Test
    void mutationsOfABatchAreJudgedOneByOneAndAppliedOnce() throws Exception {
        try (ShardsFixture shards = start(1)) {
            for (int time = 0; time < 2; time++) {
                shards.continueAt(0);
                shards.together("ada", () -> {
                    shards.upsert("ada", "first");
                    shards.document("peple", ChangeKind.UPSERT, "ada", false, Map.of());
                    shards.upsert("ada", "second");
                });
            }
            shards.continueAt(1);
            shards.together("ada", () -> {
                shards.upsert("ada", "late");
                shards.upsert("ada", "later");
                shards.document("people", ChangeKind.PATCH, "ada", false, Map.of("name", "third"));
            });

            assertThat(shards.subtask(0).take(RunFragment.RECORDS))
                    .singleElement()
                    .satisfies(letter -> assertThat(text(letter.headers().get(DeadLetterCodec.SOURCE_OFFSET)))
                            .isEqualTo("1"));
            assertThat(shards.rows(fetch("ada"))).containsExactly("[ada, third]");
        }
    }

    @Test
    void deletionOfAVertexSendsTheFarEndsOfItsEdgesToTheEvents() throws Exception {
        try (ShardsFixture shards = start(1)) {
            shards.upsert("ada", "Ada");
            shards.edge("knows", "ada", "bob");
            shards.document("people", ChangeKind.DELETE, "ada", true, Map.of());
            shards.finish();

            List<OutgoingRecord> records = shards.subtask(0).take(RunFragment.RECORDS);
            assertThat(records).singleElement().satisfies(event -> {
                assertThat(event.topic()).isEqualTo(EVENTS);
                assertThat(text(event.key())).isEqualTo("ada");
                assertThat(text(event.value()))
                        .contains("\"delete_edge\"")
                        .contains("\"knows\"")
                        .contains("\"bob\"");
            });
        }
    }
}
