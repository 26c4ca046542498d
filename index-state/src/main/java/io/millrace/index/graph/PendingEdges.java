package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one edge type that wait, oldest first. They are in memory; those that still wait at a barrier are
 * written to state before it, so that a crash loses none.
 */
final class PendingEdges {
    /** A change and when it came. */
    private record Waiting(long sequence, long arrivedMs, EdgeWrite write) {}

    private record Vertex(boolean outgoing, ByteBuffer key) {
        static Vertex of(EdgeWrite write) {
            return new Vertex(write.outgoing(), ByteBuffer.wrap(write.vertex()));
        }
    }

    private final KeyValueStore store;
    private final byte[] namespace;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Map<Vertex, List<EdgeWrite>> byVertex = new HashMap<>();
    private long nextSequence;

    /** Changes from here on are not in state yet. */
    private long unwritten;

    /** Loads what waited when state was written; it counts as arrived at {@code nowMs}. */
    PendingEdges(KeyValueStore store, long edgeTypeId, long nowMs) {
        this.store = store;
        namespace = Namespaces.of(edgeTypeId);
        Map<Long, EdgeWrite> stored = new TreeMap<>();
        Cursor cursor = store.scan(namespace);
        while (cursor.next()) {
            stored.put(Bytes.toLong(cursor.key(), 0), EdgeWrite.decode(cursor.value()));
        }
        stored.forEach((sequence, write) -> {
            enqueue(new Waiting(sequence, nowMs, write));
            nextSequence = sequence + 1;
        });
        unwritten = nextSequence;
    }

    void add(EdgeWrite write, long nowMs) {
        enqueue(new Waiting(nextSequence++, nowMs, write));
    }

    private void enqueue(Waiting waiting) {
        queue.add(waiting);
        byVertex.computeIfAbsent(Vertex.of(waiting.write()), ignored -> new ArrayList<>())
                .add(waiting.write());
    }

    int size() {
        return queue.size();
    }

    /** Returns when the oldest came; {@link Long#MAX_VALUE} if nothing waits. */
    long oldestMs() {
        Waiting oldest = queue.peek();
        return oldest == null ? Long.MAX_VALUE : oldest.arrivedMs();
    }

    /** Takes the oldest, to be applied now; null if nothing waits. */
    @Nullable EdgeWrite poll() {
        Waiting oldest = queue.poll();
        if (oldest == null) {
            return null;
        }
        Vertex vertex = Vertex.of(oldest.write());
        List<EdgeWrite> ofVertex = of(oldest.write().outgoing(), oldest.write().vertex());
        ofVertex.remove(0);
        if (ofVertex.isEmpty()) {
            byVertex.remove(vertex);
        }
        if (oldest.sequence() < unwritten) {
            store.remove(namespace, Bytes.ofLong(oldest.sequence()));
        }
        return oldest.write();
    }

    /** Returns what waits for the vertex, oldest first. */
    List<EdgeWrite> of(boolean outgoing, byte[] vertex) {
        return byVertex.getOrDefault(new Vertex(outgoing, ByteBuffer.wrap(vertex)), List.of());
    }

    /** Returns the vertices for which changes wait, by key. */
    List<byte[]> vertices(boolean outgoing) {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        byVertex.keySet().stream()
                .filter(vertex -> vertex.outgoing() == outgoing)
                .forEach(vertex -> keys.add(vertex.key().array()));
        return List.copyOf(keys);
    }

    void flush() {
        for (Waiting waiting : queue) {
            if (waiting.sequence() >= unwritten) {
                store.put(
                        namespace,
                        Bytes.ofLong(waiting.sequence()),
                        waiting.write().encode());
            }
        }
        unwritten = nextSequence;
    }

    /** Forgets all, for an edge type that was dropped. */
    void clear() {
        queue.clear();
        byVertex.clear();
        store.clear(namespace);
    }
}
