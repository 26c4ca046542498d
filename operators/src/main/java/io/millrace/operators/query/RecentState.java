package io.millrace.operators.query;

import io.millrace.planner.cache.LeastRecentlyUsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state of a bounded number of keys, each for a bounded time: the key that was not used for longest goes first. Behind a
 * restore, those that were stored first count as not used for longest.
 *
 * @param <T> what one key holds
 */
final class RecentState<T> {
    private final KeyedStateBackend<String> backend;
    private final ValueStateDescriptor<byte[]> descriptor;
    private final ValueState<byte[]> state;
    private final Format<T> format;
    private final LeastRecentlyUsed used;
    private final long ttlMs;

    /** How a value stands in state. */
    interface Format<T> {
        byte[] toBytes(T value);

        T of(byte[] bytes);

        /** Epoch ms from which its time counts. */
        long storedMs(T value);
    }

    /**
     * Opens the state with what it holds.
     *
     * @param name of the state
     * @param max keys that this subtask keeps
     */
    RecentState(KeyedStateBackend<String> backend, String name, Format<T> format, int max, long ttlMs)
            throws Exception {
        this.backend = backend;
        this.format = format;
        this.ttlMs = ttlMs;
        descriptor = new ValueStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        state = backend.getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
        used = new LeastRecentlyUsed(max);
        restore();
    }

    private void restore() throws Exception {
        List<String> keys;
        try (Stream<String> stored = backend.getKeys(descriptor.getName(), VoidNamespace.INSTANCE)) {
            keys = stored.toList();
        }
        List<Map.Entry<String, Long>> byTime = new ArrayList<>();
        for (String key : keys) {
            backend.setCurrentKey(key);
            byTime.add(Map.entry(key, format.storedMs(format.of(state.value()))));
        }
        byTime.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Long> entry : byTime) {
            evict(used.use(entry.getKey()));
        }
    }

    int size() {
        return used.size();
    }

    /** Returns what the current key holds, if it is not too old, and notes its use. */
    @Nullable T get(long nowMs) throws Exception {
        byte[] bytes = state.value();
        if (bytes == null) {
            return null;
        }
        T value = format.of(bytes);
        if (nowMs - format.storedMs(value) >= ttlMs) {
            remove();
            return null;
        }
        use();
        return value;
    }

    /** Keeps a value for the current key. */
    void put(T value) throws Exception {
        state.update(format.toBytes(value));
        use();
    }

    /** Forgets the current key. */
    void remove() {
        state.clear();
        used.remove(backend.getCurrentKey());
    }

    private void use() {
        String key = backend.getCurrentKey();
        evict(used.use(key));
        backend.setCurrentKey(key);
    }

    private void evict(@Nullable String key) {
        if (key != null) {
            backend.setCurrentKey(key);
            state.clear();
        }
    }
}
