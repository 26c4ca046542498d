package io.millrace.benchmarks.engine;

import io.millrace.index.state.FlinkShardStorages;
import io.millrace.index.state.ShardStateOptions;
import io.millrace.job.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackendBuilder;
import org.apache.flink.state.rocksdb.RocksDBPriorityQueueConfig;
import org.apache.flink.state.rocksdb.RocksDBResourceContainer;

/** Flink's keyed state in RocksDB with the options of the job, but without a task around it. */
public final class RocksState implements AutoCloseable {
    private final RocksDBKeyedStateBackend<Integer> backend;

    public RocksState() {
        try {
            Path folder = Files.createTempDirectory("millrace-bench-state");
            backend = open(folder, Topology.flinkSettings(new Configuration()));
        } catch (IOException e) {
            throw new UncheckedIOException("state cannot be opened", e);
        }
    }

    private static RocksDBKeyedStateBackend<Integer> open(Path folder, Configuration options) throws IOException {
        RocksDBResourceContainer resources = new RocksDBResourceContainer(
                options, PredefinedOptions.DEFAULT, new ShardStateOptions(), null, null, false);
        return new RocksDBKeyedStateBackendBuilder<>(
                        "shards",
                        RocksState.class.getClassLoader(),
                        folder.toFile(),
                        resources,
                        name -> resources.getColumnOptions(),
                        new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                        IntSerializer.INSTANCE,
                        LocalShards.MAX_PARALLELISM,
                        KeyGroupRange.of(0, LocalShards.MAX_PARALLELISM - 1),
                        new ExecutionConfig(),
                        LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED,
                        RocksDBPriorityQueueConfig.buildWithPriorityQueueType(
                                org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType.HEAP),
                        TtlTimeProvider.DEFAULT,
                        LatencyTrackingStateConfig.disabled(),
                        SizeTrackingStateConfig.disabled(),
                        new UnregisteredMetricsGroup(),
                        (name, value) -> {},
                        List.of(),
                        UncompressedStreamCompressionDecorator.INSTANCE,
                        new CloseableRegistry())
                .build();
    }

    public FlinkShardStorages storages(int shardCount) {
        return new FlinkShardStorages(backend, shardCount, LocalShards.MAX_PARALLELISM);
    }

    @Override
    public void close() {
        backend.dispose(); // removes the folder too
    }
}
