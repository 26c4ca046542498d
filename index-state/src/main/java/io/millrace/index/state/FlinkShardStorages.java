package io.millrace.index.state;

import io.millrace.index.shard.ShardMeta;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.util.FlinkRuntimeException;

/** The storages of the shards of one subtask, in its keyed state, which must be RocksDB's. */
public final class FlinkShardStorages {
    private final KeyedStateBackend<Integer> backend;
    private final ShardKeys keys;
    private final Map<String, InternalMapState<Integer, byte[], byte[], byte[]>> states = new HashMap<>();

    /**
     * Checks every shard in state against the shape, also those that a job of this shape does not have.
     *
     * @throws IllegalStateException if the state was written by a job of another shape, with what to do
     * @throws IllegalArgumentException if the backend compares keys as objects, which bytes are no good for
     */
    public FlinkShardStorages(KeyedStateBackend<Integer> backend, int shardCount, int maxParallelism) {
        if (backend instanceof HeapKeyedStateBackend) {
            throw new IllegalArgumentException("state.backend.type must be rocksdb, not hashmap");
        }
        this.backend = backend;
        keys = new ShardKeys(shardCount, maxParallelism);
        checkShape(shardCount, maxParallelism);
    }

    private void checkShape(int shardCount, int maxParallelism) {
        state(StateNames.SHARD_META);
        List<Integer> stored;
        try (Stream<Integer> all = backend.getKeys(StateNames.SHARD_META, Bytes.NONE)) {
            stored = all.distinct().toList();
        }
        stored.forEach(
                key -> new ShardMeta(store(StateNames.SHARD_META, key)).checkOrWriteShape(shardCount, maxParallelism));
    }

    /** Returns the numbers of the shards of this subtask, ascending. */
    public List<Integer> ownShards() {
        return keys.shardsIn(((CheckpointableKeyedStateBackend<Integer>) backend).getKeyGroupRange());
    }

    /** Returns the storage of a shard of this subtask. */
    public ShardStorage storage(int shard) {
        Integer key = keys.key(shard);
        return name -> store(name, key);
    }

    private KeyValueStore store(String name, Integer key) {
        return new FlinkKeyValueStore(name, key, backend, state(name));
    }

    private InternalMapState<Integer, byte[], byte[], byte[]> state(String name) {
        return states.computeIfAbsent(name, this::create);
    }

    @SuppressWarnings("unchecked") // Flink makes an internal state of every descriptor.
    private InternalMapState<Integer, byte[], byte[], byte[]> create(String name) {
        try {
            return (InternalMapState<Integer, byte[], byte[], byte[]>) backend.getOrCreateKeyedState(
                    BytesSerializer.INSTANCE,
                    new MapStateDescriptor<>(name, BytesSerializer.INSTANCE, BytesSerializer.INSTANCE));
        } catch (Exception e) {
            throw new FlinkRuntimeException("state \"" + name + "\" cannot be opened", e);
        }
    }
}
