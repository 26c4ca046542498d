package io.millrace.operators.query;

import io.millrace.planner.cache.CachedPlan;
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

/** The plans that are kept for questions: keyed state of the questions, and which of them was used last. */
final class PlanCache {
    private static final ValueStateDescriptor<byte[]> DESCRIPTOR =
            new ValueStateDescriptor<>("plans", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> state;
    private final LeastRecentlyUsed used;
    private final long ttlMs;

    private PlanCache(KeyedStateBackend<String> backend, ValueState<byte[]> state, int max, long ttlMs) {
        this.backend = backend;
        this.state = state;
        this.ttlMs = ttlMs;
        used = new LeastRecentlyUsed(max);
    }

    /**
     * Opens the cache with what the state holds.
     *
     * @param max plans that this subtask keeps
     */
    static PlanCache open(KeyedStateBackend<String> backend, int max, long ttlMs) throws Exception {
        ValueState<byte[]> state =
                backend.getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, DESCRIPTOR);
        PlanCache cache = new PlanCache(backend, state, max, ttlMs);
        cache.restore();
        return cache;
    }

    private void restore() throws Exception {
        List<String> keys;
        try (Stream<String> stored = backend.getKeys(DESCRIPTOR.getName(), VoidNamespace.INSTANCE)) {
            keys = stored.toList();
        }
        List<Map.Entry<String, Long>> byTime = new ArrayList<>();
        for (String key : keys) {
            backend.setCurrentKey(key);
            byTime.add(Map.entry(key, CachedPlan.of(state.value()).storedMs()));
        }
        byTime.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Long> entry : byTime) {
            evict(used.use(entry.getKey()));
        }
    }

    int size() {
        return used.size();
    }

    /** Returns the plan of the current key, if it is not too old and was made for this catalog. */
    @Nullable String get(long catalogVersion, long nowMs) throws Exception {
        byte[] bytes = state.value();
        if (bytes == null) {
            return null;
        }
        String key = backend.getCurrentKey();
        CachedPlan cached = CachedPlan.of(bytes);
        if (cached.catalogVersion() != catalogVersion || nowMs - cached.storedMs() >= ttlMs) {
            state.clear();
            used.remove(key);
            return null;
        }
        evict(used.use(key));
        return cached.plan();
    }

    /** Keeps a plan for the current key; the one that was not used for longest may go. */
    void put(String plan, long catalogVersion, long nowMs) throws Exception {
        String key = backend.getCurrentKey();
        state.update(new CachedPlan(plan, catalogVersion, nowMs).toBytes());
        evict(used.use(key));
        backend.setCurrentKey(key);
    }

    private void evict(@Nullable String key) throws Exception {
        if (key != null) {
            backend.setCurrentKey(key);
            state.clear();
        }
    }
}
