package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.index.shard.Fixture;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.Workload;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.ShardOutputCodec;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.value.ValueWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RocksDB against the heap: the same changes, the same answers to the byte, over restores and other parallelism. */
class RocksDbRestoreITCase {
    private static final int SHARDS = 4;
    private static final int CHANGES = 1_500;

    @TempDir
    private Path folder = Path.of("");

    private final Fixture oracle = new Fixture(SHARDS);
    private final Fixture answers = new Fixture(SHARDS);
    private int sent;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void answersAreTheHeapsAcrossRestoreAndRescale(long seed) throws Exception {
        Workload workload = new Workload(oracle, seed);
        OperatorSubtaskState one;
        try (ShardOperator.Running only = start(1, 0, null)) {
            workload.run(CHANGES);
            feed(List.of(only));
            compare(workload, List.of(only));
            one = only.snapshot(1);
        }
        List<OperatorSubtaskState> two = new ArrayList<>();
        try (ShardOperator.Running left = start(2, 0, repartition(one, 1, 2, 0));
                ShardOperator.Running right = start(2, 1, repartition(one, 1, 2, 1))) {
            assertThat(left.storages().ownShards()).containsExactly(0, 1);
            assertThat(right.storages().ownShards()).containsExactly(2, 3);
            compare(workload, List.of(left, right));
            workload.run(CHANGES);
            feed(List.of(left, right));
            compare(workload, List.of(left, right));
            two.add(left.snapshot(2));
            two.add(right.snapshot(2));
        }
        OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(two.get(0), two.get(1));
        try (ShardOperator.Running only = start(1, 0, repartition(both, 2, 1, 0))) {
            compare(workload, List.of(only));
        }
    }

    @Test
    void stateOfAnotherShardCountIsRefusedWithWhatToDo() throws Exception {
        OperatorSubtaskState state;
        try (ShardOperator.Running four = start(1, 0, null)) {
            state = four.snapshot(1);
        }
        assertThatThrownBy(() -> ShardOperator.start(8, 1, 0, state, folder, answers, Catalog.EMPTY))
                .hasStackTraceContaining("the state has 4 shards and max parallelism 128")
                .hasStackTraceContaining("replay the events into a new job");
    }

    private ShardOperator.Running start(
            int parallelism, int subtask, @org.jspecify.annotations.Nullable OperatorSubtaskState state)
            throws Exception {
        return ShardOperator.start(SHARDS, parallelism, subtask, state, folder, answers, oracle.catalog);
    }

    private static OperatorSubtaskState repartition(OperatorSubtaskState state, int from, int to, int subtask) {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, from, to, subtask);
    }

    /** Sends what the oracle was sent since the last time. */
    private void feed(List<ShardOperator.Running> subtasks) throws Exception {
        for (; sent < oracle.inputs.size(); sent++) {
            ShardInput input = oracle.inputs.get(sent);
            for (ShardOperator.Running subtask : subtasks) {
                if (subtask.storages().ownShards().contains(input.shard())) {
                    subtask.process(input);
                }
            }
        }
    }

    private void compare(Workload workload, List<ShardOperator.Running> subtasks) {
        oracle.shards.flush();
        for (ShardOperator.Running subtask : subtasks) {
            Fixture expected = new Fixture(SHARDS);
            ShardSet heap = oracle.view(subtask.storages().ownShards(), expected);
            for (FragmentOperation question : workload.questions()) {
                answers.partials.clear();
                expected.partials.clear();
                heap.submit(oracle.fragment(question, OffsetToken.NONE));
                subtask.shards().submit(oracle.fragment(question, OffsetToken.NONE));
                assertThat(bytes(answers.partials)).isEqualTo(bytes(expected.partials));
            }
        }
    }

    private static List<String> bytes(List<Partial> partials) {
        assertThat(partials).hasSize(1);
        return partials.stream().map(RocksDbRestoreITCase::bytes).toList();
    }

    /** The request's id and the time it took aside. */
    private static String bytes(Partial partial) {
        PartialResult.Rows rows = Fixture.rowsOf(partial);
        FragmentStats stats = rows.stats();
        ValueWriter out = new ValueWriter();
        ShardOutputCodec.write(
                new Partial(
                        "r",
                        1,
                        0,
                        0,
                        partial.shards(),
                        partial.certificates(),
                        new PartialResult.Rows(
                                rows.rows(),
                                rows.truncated(),
                                new FragmentStats(
                                        stats.rowsRead(),
                                        0,
                                        stats.distanceComputations(),
                                        0,
                                        stats.path(),
                                        stats.reason(),
                                        stats.searches()))),
                out);
        return HexFormat.of().formatHex(out.toBytes());
    }
}
