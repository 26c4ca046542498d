package io.millrace.index.state;

import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.ShardSettings;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.mutation.ShardInput;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The smallest operator around a set of shards, in a harness with RocksDB. */
final class ShardOperator extends AbstractStreamOperator<String> implements OneInputStreamOperator<ShardInput, String> {
    private static final long serialVersionUID = 1;
    private static final int MAX_PARALLELISM = 128;

    private final int shardCount;
    private final transient ShardOutputs outputs;
    private final transient Catalog catalog;
    private transient @Nullable FlinkShardStorages storages;
    private transient @Nullable ShardSet shards;

    private ShardOperator(int shardCount, ShardOutputs outputs, Catalog catalog) {
        this.shardCount = shardCount;
        this.outputs = outputs;
        this.catalog = catalog;
    }

    /** A subtask that runs. */
    record Running(ShardOperator operator, KeyedOneInputStreamOperatorTestHarness<Integer, ShardInput, String> harness)
            implements AutoCloseable {
        ShardSet shards() {
            return java.util.Objects.requireNonNull(operator.shards);
        }

        FlinkShardStorages storages() {
            return java.util.Objects.requireNonNull(operator.storages);
        }

        void process(ShardInput input) throws Exception {
            harness.processElement(new StreamRecord<>(input));
        }

        OperatorSubtaskState snapshot(long checkpoint) throws Exception {
            operator.prepareSnapshotPreBarrier(checkpoint);
            OperatorSubtaskState state = harness.snapshot(checkpoint, checkpoint);
            state.registerSharedStates(new org.apache.flink.runtime.state.SharedStateRegistryImpl(), checkpoint);
            return state;
        }

        @Override
        public void close() throws Exception {
            shards().close();
            harness.close();
        }
    }

    static Running start(
            int shardCount,
            int parallelism,
            int subtask,
            @Nullable OperatorSubtaskState state,
            Path folder,
            ShardOutputs outputs,
            Catalog catalog)
            throws Exception {
        return start(shardCount, parallelism, subtask, state, folder, outputs, catalog, "64mb", "64mb");
    }

    static Running start(
            int shardCount,
            int parallelism,
            int subtask,
            @Nullable OperatorSubtaskState state,
            Path folder,
            ShardOutputs outputs,
            Catalog catalog,
            String memory,
            String writeBuffer)
            throws Exception {
        ShardOperator operator = new ShardOperator(shardCount, outputs, catalog);
        ShardKeys keys = new ShardKeys(shardCount, MAX_PARALLELISM);
        KeySelector<ShardInput, Integer> key = input -> keys.key(input.shard());
        var harness = new KeyedOneInputStreamOperatorTestHarness<Integer, ShardInput, String>(
                operator, key, Types.INT, MAX_PARALLELISM, parallelism, subtask);
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.rocksdb.memory.fixed-per-slot", memory);
        configuration.setString("state.backend.rocksdb.writebuffer.size", writeBuffer);
        configuration.setString("state.backend.rocksdb.use-bloom-filter", System.getProperty("probe.bloom", "true"));
        configuration.setString(
                "state.backend.rocksdb.localdir", folder.resolve("rocksdb").toString());
        harness.setStateBackend(
                new EmbeddedRocksDBStateBackend(true).configure(configuration, ShardOperator.class.getClassLoader()));
        harness.setCheckpointStorage(
                new FileSystemCheckpointStorage(folder.resolve("checkpoints").toUri()));
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return new Running(operator, harness);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        FlinkShardStorages opened =
                new FlinkShardStorages(this.<Integer>getKeyedStateBackend(), shardCount, MAX_PARALLELISM);
        storages = opened;
        ShardSettings settings = new ShardSettings(
                shardCount,
                MAX_PARALLELISM,
                opened.ownShards(),
                List.of("millrace.events"),
                Long.MAX_VALUE / 8,
                Long.MAX_VALUE,
                Integer.getInteger("probe.clusters", 16));
        ShardSet set = new ShardSet(settings, opened::storage, outputs, () -> 1_000_000);
        set.catalogChanged(catalog);
        shards = set;
    }

    @Override
    public void processElement(StreamRecord<ShardInput> element) {
        java.util.Objects.requireNonNull(shards).apply(element.getValue());
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        java.util.Objects.requireNonNull(shards).flush();
    }
}
