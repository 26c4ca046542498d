package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The edges of one shard: those that leave its vertices, and those that come to them. Each end keeps a copy under the
 * same identity (type, from, to, id). Changes reach the adjacency as the freshness of their type says.
 */
public final class GraphStore {
    private final ShardStorage storage;
    private final KeyValueStore edges;
    private final KeyValueStore pendingStore;
    private final VertexDirectory vertices;
    private final LongSupplier clock;
    private final Map<Long, EdgeBinding> bindings = new TreeMap<>();
    private final Map<Long, PendingEdges> pending = new TreeMap<>();

    /** Of the types that have a retention. */
    private final Map<Long, EdgeRetention> retentions = new TreeMap<>();

    public GraphStore(ShardStorage storage, LongSupplier clock) {
        this.storage = storage;
        edges = storage.open(StateNames.EDGES);
        pendingStore = storage.open(StateNames.EDGES_PENDING);
        vertices = new VertexDirectory(storage);
        this.clock = clock;
    }

    /** Takes the edge types of a new catalog version; what waits for one that is gone is dropped. */
    public void bind(Collection<EdgeBinding> types) {
        bindings.clear();
        types.forEach(binding -> bindings.put(binding.type().id(), binding));
        pending.entrySet().removeIf(entry -> {
            boolean gone = !bindings.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().clear();
            }
            return gone;
        });
        bindings.keySet()
                .forEach(id ->
                        pending.computeIfAbsent(id, ignored -> new PendingEdges(pendingStore, id, clock.getAsLong())));
        retentions.keySet().retainAll(bindings.keySet());
        bindings.forEach((id, binding) -> {
            Long retentionMs = binding.type().retentionMs();
            if (retentionMs != null) {
                retentions.computeIfAbsent(
                        id,
                        ignored ->
                                new EdgeRetention(id, retentionMs, edges, new EdgeHours(storage, id), vertices, clock));
            }
        });
    }

    /** Returns the edges of a type that was dropped, to be removed in slices. */
    public DroppedEdges dropped(long edgeTypeId) {
        return new DroppedEdges(
                edgeTypeId, edges, new EdgeHours(storage, edgeTypeId), vertices.new Removal(edgeTypeId));
    }

    public @Nullable EdgeBinding binding(long edgeTypeId) {
        return bindings.get(edgeTypeId);
    }

    /** Applies the change or lets it wait; what is wrong with it is added to {@code problems}, and nothing is done. */
    public void write(EdgeBinding type, EdgeChange change, boolean reverse, long timestampMs, List<Problem> problems) {
        EdgeWrite write = type.read(change, reverse, timestampMs, problems);
        if (!problems.isEmpty()) {
            return;
        }
        Freshness freshness = type.type().freshness();
        PendingEdges waiting = pending(type.type().id());
        if (freshness.mode() == FreshnessMode.IMMEDIATE) {
            if (waiting.size() > 0) {
                applyOldest(type.type().id(), Integer.MAX_VALUE);
            }
            apply(type.type().id(), write);
            return;
        }
        if (waiting.size() >= freshness.pendingMax()) {
            applyOldest(type.type().id(), 1);
        }
        waiting.add(write, clock.getAsLong());
        if (freshness.mode() == FreshnessMode.BATCHED && waiting.size() >= freshness.batchRows()) {
            applyOldest(type.type().id(), Integer.MAX_VALUE);
        }
    }

    /** Applies at most {@code count} of the changes that wait and returns whether more are left. */
    private boolean applyOldest(long edgeTypeId, int count) {
        PendingEdges waiting = pending(edgeTypeId);
        for (int i = 0; i < count; i++) {
            EdgeWrite oldest = waiting.poll();
            if (oldest == null) {
                return false;
            }
            apply(edgeTypeId, oldest);
        }
        return waiting.size() > 0;
    }

    private void apply(long edgeTypeId, EdgeWrite write) {
        byte[] namespace = Namespaces.adjacency(edgeTypeId, write.outgoing(), write.vertex());
        boolean blind = write.delete() || EdgeFormat.hasId(write.entryKey());
        EdgeRetention retention = retentions.get(edgeTypeId);
        byte[] old = blind ? null : EdgeFormat.since(goneBeforeMs(retention), edges.get(namespace, write.entryKey()));
        byte[] value = write.apply(old);
        if (value != null && retention != null) {
            value = retention.written(write, old, value);
        }
        if (value == null) {
            edges.remove(namespace, write.entryKey());
            vertices.suspect(edgeTypeId, write.outgoing(), write.vertex());
        } else {
            edges.put(namespace, write.entryKey(), value);
            vertices.enter(edgeTypeId, write.outgoing(), write.vertex());
        }
    }

    private static long goneBeforeMs(@Nullable EdgeRetention retention) {
        return retention == null ? Long.MIN_VALUE : retention.goneBeforeMs();
    }

    private PendingEdges pending(long edgeTypeId) {
        return pending.computeIfAbsent(
                edgeTypeId, ignored -> new PendingEdges(pendingStore, edgeTypeId, clock.getAsLong()));
    }

    /** Returns how many changes wait for the edge type. */
    public int pendingCount(long edgeTypeId) {
        PendingEdges waiting = pending.get(edgeTypeId);
        return waiting == null ? 0 : waiting.size();
    }

    /** Applies what is due, at most {@code changesMax} a type, and returns whether more is due. */
    public boolean applyDue(int changesMax) {
        boolean more = false;
        for (EdgeBinding type : bindings.values()) {
            if (dueMs(type) <= clock.getAsLong()) {
                more |= applyOldest(type.type().id(), changesMax);
            }
        }
        return more;
    }

    /** Returns when something is due; {@link Long#MAX_VALUE} for nothing. */
    public long nextDueMs() {
        return bindings.values().stream().mapToLong(this::dueMs).min().orElse(Long.MAX_VALUE);
    }

    private long dueMs(EdgeBinding type) {
        long oldestMs = pending(type.type().id()).oldestMs();
        return oldestMs == Long.MAX_VALUE || type.type().freshness().mode() != FreshnessMode.BATCHED
                ? oldestMs
                : oldestMs + type.type().freshness().batchMs();
    }

    /** Returns whether any change waits to be applied. */
    public boolean hasPending() {
        for (PendingEdges waiting : pending.values()) {
            if (waiting.oldestMs() != Long.MAX_VALUE) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether edges are left in state that have outlived their retention. */
    public boolean hasExpired() {
        for (EdgeRetention retention : retentions.values()) {
            if (retention.isDue()) {
                return true;
            }
        }
        return false;
    }

    /** Removes edges that have outlived their retention, stepping over at most {@code entriesMax} a type. */
    public void removeExpired(int entriesMax) {
        retentions.values().forEach(retention -> retention.removeSome(entriesMax));
    }

    /** Writes what waits to state; called before every barrier. */
    public void flush() {
        pending.values().forEach(PendingEdges::flush);
        retentions.values().forEach(EdgeRetention::flush);
        vertices.flush();
    }

    /** Returns the edges of the vertex, with waiting changes if they are visible or {@code includePending} says so. */
    EdgeCursor edges(EdgeBinding type, boolean outgoing, byte[] vertex, boolean includePending) {
        byte[] namespace = Namespaces.adjacency(type.type().id(), outgoing, vertex);
        List<EdgeWrite> waiting = pending(type.type().id()).of(outgoing, vertex);
        boolean visible = includePending || type.type().freshness().pendingVisible();
        long goneBeforeMs = goneBeforeMs(retentions.get(type.type().id()));
        return new EdgeCursor(edges.scan(namespace), overlay(namespace, goneBeforeMs, waiting, visible), goneBeforeMs);
    }

    /** Finds the vertices that have edges which {@link EdgeSearch} would read. */
    public VertexScan vertices(EdgeBinding type, boolean outgoing, boolean includePending) {
        long id = type.type().id();
        boolean visible = includePending || type.type().freshness().pendingVisible();
        List<byte[]> waiting = visible ? pending(id).vertices(outgoing) : List.of();
        return new VertexScan(this, type, outgoing, includePending, vertices, waiting);
    }

    /** Counts the edges of the vertex that {@link NeighbourSearch} would read. */
    public EdgeCount count(EdgeBinding type, boolean outgoing, byte[] vertex, boolean includePending) {
        return new EdgeCount(edges(type, outgoing, vertex, includePending));
    }

    /** Returns by entry key what waiting changes make of an edge, null for none; else only what they delete. */
    private Map<byte[], byte @Nullable []> overlay(
            byte[] namespace, long goneBeforeMs, List<EdgeWrite> waiting, boolean visible) {
        Map<byte[], byte @Nullable []> overlay = new TreeMap<>(Arrays::compareUnsigned);
        for (EdgeWrite write : waiting) {
            if (visible) {
                byte[] old = overlay.containsKey(write.entryKey())
                        ? overlay.get(write.entryKey())
                        : EdgeFormat.since(goneBeforeMs, edges.get(namespace, write.entryKey()));
                overlay.put(write.entryKey(), EdgeFormat.since(goneBeforeMs, write.apply(old)));
            } else if (write.delete()) {
                overlay.put(write.entryKey(), null);
            }
        }
        return overlay;
    }

    /**
     * Removes all edges of a vertex that this shard has, and hands out what the shards of the far ends must delete. What
     * waits for the edge types of the collection is applied first.
     */
    public void deleteVertex(String collection, String vertex, Consumer<EdgeChange> farEnds) {
        for (EdgeBinding type : bindings.values()) {
            if (type.type().fromCollection().equals(collection)) {
                deleteAdjacency(type, true, vertex, farEnds);
            }
            if (type.type().toCollection().equals(collection)) {
                deleteAdjacency(type, false, vertex, farEnds);
            }
        }
    }

    private void deleteAdjacency(EdgeBinding type, boolean outgoing, String vertex, Consumer<EdgeChange> farEnds) {
        applyOldest(type.type().id(), Integer.MAX_VALUE);
        byte[] namespace = Namespaces.adjacency(type.type().id(), outgoing, Bytes.utf8(vertex));
        Cursor cursor = edges.scan(namespace);
        vertices.suspect(type.type().id(), outgoing, Bytes.utf8(vertex));
        while (cursor.next()) {
            String neighbour = EdgeFormat.neighbour(cursor.key());
            edges.remove(namespace, cursor.key());
            // Both ends of a loop are here.
            if (!neighbour.equals(vertex)
                    || !type.type().fromCollection().equals(type.type().toCollection())) {
                farEnds.accept(new EdgeChange(
                        ChangeKind.DELETE,
                        type.type().name(),
                        outgoing ? vertex : neighbour,
                        outgoing ? neighbour : vertex,
                        EdgeFormat.id(cursor.key()),
                        EncodedFields.NONE));
            }
        }
    }
}
