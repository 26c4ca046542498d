package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.operators.support.Examples;
import io.millrace.operators.support.TestEmbedders;
import io.millrace.operators.types.LoopMessage;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.ChangeKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows whose texts are embedded beside the operator that keeps them. */
class RowTextsTest {
    private static final QuerySettings SETTINGS = Examples.withEmbedder();
    private static final int ROWS = 20;

    @TempDir
    private Path folder = Path.of("");

    private Catalog catalog = Examples.catalog();

    @BeforeEach
    void reset() {
        TestEmbedders.reset();
        catalog = Examples.catalog();
    }

    private void define(ShardsFixture shards) throws Exception {
        SearchDefaults defaults = SETTINGS.searchDefaults(RowTextsTest.class.getClassLoader());
        for (String statement : List.of(
                "CREATE COLLECTION notes (id STRING PRIMARY KEY, text STRING, v VECTOR(8))",
                "CREATE VECTOR INDEX notes_v ON notes(v) WITH (embed_from = 'text')")) {
            var command = (PlannedRequest.Command)
                    new StatementPlanner(catalog, PlanLimits.DEFAULT, defaults).plan(statement, statement, Map.of());
            long offset = catalog.version();
            catalog = catalog.apply(offset, command.command().entry());
            shards.broadcast(new LoopMessage.Control(
                    offset, ControlCodec.write(command.command().entry())));
        }
        shards.outputs();
    }

    private static void write(ShardsFixture shards) throws Exception {
        for (int i = 0; i < ROWS; i++) {
            shards.document("notes", ChangeKind.UPSERT, "k" + i, false, Map.of("text", "mill " + i));
        }
        shards.markers();
    }

    private Fragment search(OffsetToken token) {
        long notes = catalog.collection("notes").orElseThrow().id();
        long index = catalog.vectorIndex("notes_v").orElseThrow().id();
        FragmentOperation search = new FragmentOperation.SearchVectors(
                DocumentSelection.all(notes),
                "v",
                index,
                Metric.L2,
                TestEmbedders.vector("mill"),
                100,
                List.of(),
                false,
                100,
                4);
        return ShardsFixture.fragment(search, token, catalog.version());
    }

    /** Returns how many rows the shards find, when so many partials with rows have come. */
    private static int found(ShardsFixture shards, int partials) {
        List<PartialResult.Rows> answers = new ArrayList<>();
        await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
            for (ShardOutput output : shards.finish()) {
                if (output instanceof Partial partial && partial.result() instanceof PartialResult.Rows rows) {
                    answers.add(rows);
                }
            }
            return answers.size() == partials;
        });
        TreeSet<String> keys = new TreeSet<>();
        answers.forEach(rows -> rows.rows().forEach(row -> keys.add((String) row[0])));
        return keys.size();
    }

    private static OffsetToken token(ShardsFixture shards) {
        return new OffsetToken(Map.of(Examples.EVENTS + "-0", shards.nextOffset()));
    }

    @Test
    void searchWithATokenWaitsForTheVectorsAndIsThenAnsweredWithoutAnotherInput() throws Exception {
        TestEmbedders.allow(0);
        try (ShardsFixture shards = new ShardsFixture(folder, SETTINGS, Examples.full(), 2)) {
            define(shards);
            write(shards);
            shards.ask(search(token(shards)));
            assertThat(shards.finish())
                    .as("that they wait")
                    .allSatisfy(output ->
                            assertThat(((Partial) output).result()).isInstanceOf(PartialResult.Waiting.class));

            TestEmbedders.allow(1_000);

            assertThat(found(shards, 2)).isEqualTo(ROWS);
        }
    }

    @Test
    void rowsThatWaitSurviveARestoreAtAnotherParallelism() throws Exception {
        OperatorSubtaskState[] states;
        TestEmbedders.allow(0);
        long next;
        try (ShardsFixture shards = new ShardsFixture(folder, SETTINGS, Examples.full(), 1)) {
            define(shards);
            write(shards);
            shards.finish();
            states = shards.checkpoint(1);
            next = shards.nextOffset();
        }
        TestEmbedders.reset();
        try (ShardsFixture shards = ShardsFixture.rescaled(folder, SETTINGS, 1, 2, states)) {
            shards.continueAt(next);
            shards.ask(search(token(shards)));

            assertThat(found(shards, 2)).isEqualTo(ROWS);
            assertThat(new TreeSet<>(TestEmbedders.asked())).hasSize(ROWS);
        }
    }

    @Test
    void embedderThatIsDownIsTriedAgainAndTheRowsAreSeenMeanwhile() throws Exception {
        TestEmbedders.down(true);
        try (ShardsFixture shards = new ShardsFixture(folder, SETTINGS, Examples.full(), 1)) {
            define(shards);
            write(shards);
            await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
                shards.finish();
                return new TreeSet<>(TestEmbedders.asked()).size() == ROWS;
            });
            shards.ask(search(OffsetToken.NONE));
            assertThat(found(shards, 1)).isZero();

            TestEmbedders.down(false);
            shards.ask(search(token(shards)));
            await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
                shards.timeIs(later += 1_000);
                return shards.finish().stream()
                        .anyMatch(output -> ((Partial) output).result() instanceof PartialResult.Rows rows
                                && rows.rows().size() == ROWS);
            });
        }
    }

    private long later;
}
