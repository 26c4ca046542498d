package io.millrace.operators.query;

import io.millrace.planner.SessionSettings;
import io.millrace.planner.SessionSettings.Setting;
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

/** The settings of sessions: keyed state of their ids. The session that was not used for longest may go. */
final class SessionStore {
    /** Sessions with settings that a subtask keeps. */
    static final int SESSIONS_MAX = 10_000;
    /** How long settings hold, counted from the last SET. */
    static final long TTL_MS = 3_600_000;

    private static final ValueStateDescriptor<byte[]> DESCRIPTOR =
            new ValueStateDescriptor<>("sessions", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> state;
    private final LeastRecentlyUsed used = new LeastRecentlyUsed(SESSIONS_MAX);

    private SessionStore(KeyedStateBackend<String> backend, ValueState<byte[]> state) {
        this.backend = backend;
        this.state = state;
    }

    /** Opens the store with what the state holds. */
    static SessionStore open(KeyedStateBackend<String> backend) throws Exception {
        ValueState<byte[]> state =
                backend.getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, DESCRIPTOR);
        SessionStore store = new SessionStore(backend, state);
        store.restore();
        return store;
    }

    private void restore() throws Exception {
        List<String> keys;
        try (Stream<String> stored = backend.getKeys(DESCRIPTOR.getName(), VoidNamespace.INSTANCE)) {
            keys = stored.toList();
        }
        List<Map.Entry<String, Long>> byTime = new ArrayList<>();
        for (String key : keys) {
            backend.setCurrentKey(key);
            byTime.add(Map.entry(key, SessionSettings.of(state.value()).storedMs()));
        }
        byTime.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Long> entry : byTime) {
            evict(used.use(entry.getKey()));
        }
    }

    /** Returns what the session of the current key has set. */
    SessionSettings get(long nowMs) throws Exception {
        byte[] bytes = state.value();
        if (bytes == null) {
            return SessionSettings.NONE;
        }
        SessionSettings settings = SessionSettings.of(bytes);
        String key = backend.getCurrentKey();
        if (nowMs - settings.storedMs() >= TTL_MS) {
            state.clear();
            used.remove(key);
            return SessionSettings.NONE;
        }
        evict(used.use(key));
        backend.setCurrentKey(key);
        return settings;
    }

    /** Keeps a setting for the session of the current key. */
    void set(Setting setting, long nowMs) throws Exception {
        String key = backend.getCurrentKey();
        state.update(get(nowMs).with(setting, nowMs).toBytes());
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
