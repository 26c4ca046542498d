package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.SHARDS;
import static io.millrace.operators.support.Examples.utf8;

import io.millrace.index.state.ShardKeys;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.predicate.Predicate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;

/** All subtasks that keep the shards, and what is sent to them: the records of one partition. */
final class ShardsFixture implements AutoCloseable {
    private static final byte[] NONE = new byte[0];
    private static final ShardKeys KEYS = new ShardKeys(SHARDS, Subtask.MAX_PARALLELISM);

    private final List<Subtask<ShardInput, LoopMessage, ShardOutput>> subtasks = new ArrayList<>();
    private long offset;
    private @Nullable List<RoutedMutation> batch;

    /** @param states one for each subtask; empty for a first start */
    ShardsFixture(
            Path folder, QuerySettings settings, CatalogSource source, int parallelism, OperatorSubtaskState... states)
            throws Exception {
        for (int index = 0; index < parallelism; index++) {
            subtasks.add(
                    start(folder, settings, source, parallelism, index, states.length == 0 ? null : states[index]));
        }
    }

    private static Subtask<ShardInput, LoopMessage, ShardOutput> start(
            Path folder,
            QuerySettings settings,
            CatalogSource source,
            int parallelism,
            int index,
            @Nullable OperatorSubtaskState state)
            throws Exception {
        return new Subtask<ShardInput, LoopMessage, ShardOutput>(
                        new RunFragment.Factory(settings, source), MillraceTypes.SHARD_OUTPUT, parallelism, index)
                .keyed(input -> KEYS.key(input.shard()), null, Types.INT, folder)
                .start(state);
    }

    /** Moves the whole fixture to another parallelism, over a checkpoint of every subtask. */
    static ShardsFixture rescaled(Path folder, QuerySettings settings, int from, int to, OperatorSubtaskState... states)
            throws Exception {
        OperatorSubtaskState[] parts = new OperatorSubtaskState[to];
        for (int index = 0; index < to; index++) {
            parts[index] = Subtask.rescaled(from, to, index, states);
        }
        return new ShardsFixture(folder, settings, Examples.empty(), to, parts);
    }

    OperatorSubtaskState[] checkpoint(long id) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int index = 0; index < states.length; index++) {
            states[index] = subtasks.get(index).checkpoint(id);
        }
        return states;
    }

    Subtask<ShardInput, LoopMessage, ShardOutput> subtask(int index) {
        return subtasks.get(index);
    }

    /** Goes on with another record of the partition. */
    void continueAt(long nextOffset) {
        offset = nextOffset;
    }

    long nextOffset() {
        return offset;
    }

    void upsert(String key, String name) throws Exception {
        document("people", ChangeKind.UPSERT, key, false, Map.of("name", name));
    }

    void document(
            String collection, ChangeKind kind, String key, boolean withEdges, Map<String, ? extends Object> fields)
            throws Exception {
        DocumentChange change = new DocumentChange(kind, collection, key, null, withEdges, EncodedFields.of(fields));
        send(new RoutedMutation(shardOf(key), position(offset++), false, change, utf8(key), utf8("{}")));
    }

    void edge(String type, String from, String to) throws Exception {
        EdgeChange change = new EdgeChange(ChangeKind.UPSERT, type, from, to, null, EncodedFields.NONE);
        SourcePosition position = position(offset++);
        send(new RoutedMutation(shardOf(from), position, false, change, NONE, utf8("{}")));
        send(new RoutedMutation(shardOf(to), position, true, change, NONE, NONE));
    }

    void markers() throws Exception {
        for (int shard = 0; shard < SHARDS; shard++) {
            send(new ProgressMarker(shard, position(offset)));
        }
    }

    private static SourcePosition position(long at) {
        return new SourcePosition(0, 0, at, NOW_MS);
    }

    private static int shardOf(String key) {
        return ShardRouting.shardOf(key, SHARDS);
    }

    /** Lets what {@code changes} sends for one key travel as a batch. */
    void together(String key, Changes changes) throws Exception {
        List<RoutedMutation> mutations = new ArrayList<>();
        batch = mutations;
        changes.send();
        batch = null;
        send(new MutationBatch(shardOf(key), mutations));
    }

    /** Sends some. */
    interface Changes {
        void send() throws Exception;
    }

    private void send(ShardInput input) throws Exception {
        if (batch != null) {
            batch.add((RoutedMutation) input);
            return;
        }
        subtasks.get(KEYS.subtask(input.shard(), subtasks.size())).first(input);
    }

    void broadcast(LoopMessage message) throws Exception {
        for (var subtask : subtasks) {
            subtask.second(message);
        }
    }

    void ask(Fragment fragment) throws Exception {
        broadcast(new LoopMessage.Ask(fragment));
    }

    void timeIs(long sinceStartMs) throws Exception {
        for (var subtask : subtasks) {
            subtask.setProcessingTime(NOW_MS + sinceStartMs);
            subtask.runMails();
        }
    }

    /** Returns what came out of all subtasks since the last time, without running what waits. */
    List<ShardOutput> outputs() {
        List<ShardOutput> outputs = new ArrayList<>();
        subtasks.forEach(subtask -> outputs.addAll(subtask.take()));
        return outputs;
    }

    List<ShardOutput> finish() throws Exception {
        for (var subtask : subtasks) {
            subtask.runMails();
        }
        return outputs();
    }

    /** Asks, and returns the rows of all subtasks, in order of their text. */
    List<String> rows(FragmentOperation operation) throws Exception {
        ask(fragment(operation, OffsetToken.NONE));
        return finish().stream()
                .flatMap(output -> rowsOf(output).stream())
                .sorted()
                .toList();
    }

    static List<String> rowsOf(ShardOutput output) {
        if (output instanceof Partial partial && partial.result() instanceof PartialResult.Rows rows) {
            return rows.rows().stream().map(Arrays::toString).toList();
        }
        throw new AssertionError("no rows but " + output);
    }

    static Fragment fragment(FragmentOperation operation, OffsetToken token) {
        return fragment(operation, token, Examples.catalog().version());
    }

    static Fragment fragment(FragmentOperation operation, OffsetToken token, long catalogVersion) {
        return new Fragment("r-1", 1, 0, 0, catalogVersion, NOW_MS + 60_000, token, operation);
    }

    private static long people() {
        return Examples.catalog().collection("people").orElseThrow().id();
    }

    static FragmentOperation scan() {
        return new FragmentOperation.ScanDocuments(
                new DocumentSelection(people(), null, null, Predicate.ALWAYS), List.of("name"), List.of(), 100_000);
    }

    static FragmentOperation fetch(String key) {
        return new FragmentOperation.FetchDocuments(people(), List.of(key), List.of("name"));
    }

    static FragmentOperation neighbours(String edgeType, boolean outgoing, String key) {
        long type = Examples.catalog().edgeType(edgeType).orElseThrow().id();
        return new FragmentOperation.ExpandVertices(
                List.of(new FragmentOperation.Vertex(0, key)),
                List.of(new FragmentOperation.EdgeLookup(0, type, outgoing)),
                Predicate.ALWAYS,
                null,
                1_000);
    }

    @Override
    public void close() throws Exception {
        for (var subtask : subtasks) {
            subtask.close();
        }
    }
}
