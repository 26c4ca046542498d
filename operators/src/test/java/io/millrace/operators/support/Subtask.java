package io.millrace.operators.support;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * One subtask of an operator in Flink's harness, for operators made by a factory and with one or two inputs. Its clock
 * stands at {@link Examples#NOW_MS} and is set by the test, its mails run when the test says so.
 */
public final class Subtask<A, B, O> extends AbstractStreamOperatorTestHarness<O> {
    public static final int MAX_PARALLELISM = 128;

    /** What a checkpoint shares with those before it, also over restores. */
    private static final SharedStateRegistry FILES = new SharedStateRegistryImpl();

    private final Collected<O> collected;

    public Subtask(StreamOperatorFactory<O> factory, TypeInformation<O> type, int parallelism, int index)
            throws Exception {
        super(factory, MAX_PARALLELISM, parallelism, index);
        collected = new Collected<>(type);
        prepare();
    }

    public Subtask(StreamOperator<O> operator, TypeInformation<O> type, int parallelism, int index) throws Exception {
        this(SimpleOperatorFactory.of(operator), type, parallelism, index);
    }

    public Subtask(StreamOperatorFactory<O> factory, TypeInformation<O> type, MockEnvironment environment)
            throws Exception {
        super(factory, environment);
        collected = new Collected<>(type);
        prepare();
    }

    private void prepare() throws Exception {
        setOutputCreator(serializer -> collected);
        setProcessingTime(Examples.NOW_MS);
    }

    /** Gives it keyed state, in RocksDB under {@code folder}; {@code second} is null where the second input has no key. */
    public <K> Subtask<A, B, O> keyed(
            KeySelector<A, K> first, @Nullable KeySelector<B, K> second, TypeInformation<K> keyType, Path folder) {
        config.setStatePartitioner(0, first);
        if (second != null) {
            config.setStatePartitioner(1, second);
        }
        config.setStateKeySerializer(keyType.createSerializer(executionConfig.getSerializerConfig()));
        config.serializeAllConfigs();
        Configuration rocksDb = new Configuration();
        rocksDb.setString("state.backend.rocksdb.memory.fixed-per-slot", "32mb");
        rocksDb.setString(
                "state.backend.rocksdb.localdir", folder.resolve("rocksdb").toString());
        setStateBackend(new EmbeddedRocksDBStateBackend(true).configure(rocksDb, Subtask.class.getClassLoader()));
        setCheckpointStorage(
                new FileSystemCheckpointStorage(folder.resolve("checkpoints").toUri()));
        return this;
    }

    /** Opens it, with {@code state} unless that is null. */
    public Subtask<A, B, O> start(@Nullable OperatorSubtaskState state) throws Exception {
        setup();
        if (state != null) {
            initializeState(state);
        }
        open();
        return this;
    }

    @SuppressWarnings("unchecked") // The type parameters say which inputs the operator has.
    public void first(A value) throws Exception {
        StreamRecord<A> element = new StreamRecord<>(value);
        if (operator instanceof TwoInputStreamOperator<?, ?, ?> two) {
            TwoInputStreamOperator<A, B, O> target = (TwoInputStreamOperator<A, B, O>) two;
            target.setKeyContextElement1(element);
            target.processElement1(element);
        } else {
            Input<A> target = (Input<A>) operator;
            target.setKeyContextElement(element);
            target.processElement(element);
        }
    }

    @SuppressWarnings("unchecked")
    public void second(B value) throws Exception {
        StreamRecord<B> element = new StreamRecord<>(value);
        TwoInputStreamOperator<A, B, O> target = (TwoInputStreamOperator<A, B, O>) operator;
        target.setKeyContextElement2(element);
        target.processElement2(element);
    }

    /** Runs one mail; false if there is none. */
    public boolean runMail() throws Exception {
        Optional<Mail> mail = getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        if (mail.isPresent()) {
            mail.get().run();
        }
        return mail.isPresent();
    }

    /** Runs mails until none is left. */
    public void runMails() throws Exception {
        boolean ran = true;
        while (ran) {
            ran = runMail();
        }
    }

    /** Returns what was emitted since the last time. */
    public List<O> take() {
        return collected.take();
    }

    public <X> List<X> take(OutputTag<X> tag) {
        return collected.take(tag);
    }

    /** Passes a barrier, and returns the state as it was at it. */
    public OperatorSubtaskState checkpoint(long id) throws Exception {
        prepareSnapshotPreBarrier(id);
        OperatorSubtaskState state = snapshot(id, id);
        state.registerSharedStates(FILES, id);
        return state;
    }

    /** Returns which of {@code parallelism} subtasks has the key. */
    public static int ownerOf(Object key, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
    }

    /** Returns the part of the state of {@code from} subtasks together that the given one of {@code to} gets. */
    public static OperatorSubtaskState rescaled(int from, int to, int index, OperatorSubtaskState... states)
            throws Exception {
        OperatorSubtaskState all = states.length == 1 ? states[0] : repackageState(states);
        return repartitionOperatorState(all, MAX_PARALLELISM, from, to, index);
    }
}
