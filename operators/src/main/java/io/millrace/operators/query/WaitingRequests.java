package io.millrace.operators.query;

import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.WaitingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for plans of their questions: keyed state of the questions, by request id, with a timer at the
 * deadline of each. All but {@link #size}, {@link #bytes} and {@link #keys} is
 * of the current key.
 */
final class WaitingRequests {
    private static final MapStateDescriptor<String, WaitingRequest> DESCRIPTOR =
            new MapStateDescriptor<>("waiting", Types.STRING, MillraceTypes.WAITING_REQUEST);

    private final KeyedStateBackend<String> backend;
    private final MapState<String, WaitingRequest> state;
    private final InternalTimerService<VoidNamespace> timers;
    private int size;
    private long bytes;

    private WaitingRequests(
            KeyedStateBackend<String> backend,
            MapState<String, WaitingRequest> state,
            InternalTimerService<VoidNamespace> timers) {
        this.backend = backend;
        this.state = state;
        this.timers = timers;
    }

    /** Opens them with what the state holds. */
    static WaitingRequests open(KeyedStateBackend<String> backend, InternalTimerService<VoidNamespace> timers)
            throws Exception {
        MapState<String, WaitingRequest> state =
                backend.getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, DESCRIPTOR);
        WaitingRequests requests = new WaitingRequests(backend, state, timers);
        for (String key : requests.keys()) {
            backend.setCurrentKey(key);
            requests.all().forEach(requests::count);
        }
        return requests;
    }

    String currentKey() {
        return backend.getCurrentKey();
    }

    void setCurrentKey(String key) {
        backend.setCurrentKey(key);
    }

    /** Returns how many wait, of all keys of this subtask. */
    int size() {
        return size;
    }

    /** Returns the bytes of all that wait. */
    long bytes() {
        return bytes;
    }

    private void count(WaitingRequest request) {
        size++;
        bytes += request.value().length;
    }

    private void uncount(WaitingRequest request) {
        size--;
        bytes -= request.value().length;
    }

    /** Returns the keys for which any waits. */
    List<String> keys() {
        try (Stream<String> keys = backend.getKeys(DESCRIPTOR.getName(), VoidNamespace.INSTANCE)) {
            return keys.distinct().toList();
        }
    }

    @Nullable WaitingRequest get(String requestId) throws Exception {
        return state.get(requestId);
    }

    void add(String requestId, WaitingRequest request) throws Exception {
        state.put(requestId, request);
        count(request);
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, request.deadlineMs());
    }

    boolean isEmpty() throws Exception {
        return state.isEmpty();
    }

    List<WaitingRequest> all() throws Exception {
        List<WaitingRequest> all = new ArrayList<>();
        state.values().forEach(all::add);
        return all;
    }

    /** Takes out all, with their timers. */
    List<WaitingRequest> takeAll() throws Exception {
        List<WaitingRequest> all = all();
        state.clear();
        for (WaitingRequest request : all) {
            uncount(request);
            timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, request.deadlineMs());
        }
        return all;
    }

    /** Takes out those whose deadline has come. */
    List<WaitingRequest> takeExpired(long nowMs) throws Exception {
        List<WaitingRequest> expired = new ArrayList<>();
        List<String> requestIds = new ArrayList<>();
        for (Map.Entry<String, WaitingRequest> entry : state.entries()) {
            if (entry.getValue().deadlineMs() <= nowMs) {
                requestIds.add(entry.getKey());
                expired.add(entry.getValue());
            }
        }
        for (String requestId : requestIds) {
            state.remove(requestId);
        }
        expired.forEach(this::uncount);
        return expired;
    }
}
