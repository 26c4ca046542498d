package io.millrace.index.graph;

import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which vertices have edges of a type in a direction: the only way to find those that have no row. A vertex is listed when
 * an edge is written, unless that was done a moment ago. One whose edges go is looked at later, some vertices at a time,
 * and is listed for ever if a crash comes first: who reads must see for himself whether edges are left.
 *
 * <p>{@link StateNames#EDGE_VERTICES}, version 1: the namespace is edge type and direction (1 for outgoing); the key that
 * of the vertex; the value the version.
 */
final class VertexDirectory {
    private static final byte[] MARK = {1};

    /** A write of a vertex that was listed among so many others before is not written again. */
    private static final int RECENT = 4_096;

    private static final int SUSPECTS_MAX = 256;

    private final KeyValueStore vertices;
    private final KeyValueStore edges;
    private final @Nullable Vertex[] recent = new @Nullable Vertex[RECENT];
    private final Set<Vertex> suspects = new LinkedHashSet<>();

    /** A vertex as the edges of a type see it. */
    private record Vertex(long edgeTypeId, boolean outgoing, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Vertex vertex
                    && edgeTypeId == vertex.edgeTypeId
                    && outgoing == vertex.outgoing
                    && Arrays.equals(key, vertex.key);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Long.hashCode(edgeTypeId) + Boolean.hashCode(outgoing)) + Arrays.hashCode(key);
        }
    }

    VertexDirectory(ShardStorage storage) {
        vertices = storage.open(StateNames.EDGE_VERTICES);
        edges = storage.open(StateNames.EDGES);
    }

    /** Lists a vertex that has got an edge. */
    void enter(long edgeTypeId, boolean outgoing, byte[] key) {
        Vertex vertex = new Vertex(edgeTypeId, outgoing, key);
        int slot = slot(vertex);
        if (!vertex.equals(recent[slot])) {
            recent[slot] = vertex;
            vertices.put(Namespaces.edgeVertices(edgeTypeId, outgoing), key, MARK);
        }
    }

    private static int slot(Vertex vertex) {
        int hash = vertex.hashCode();
        return (hash ^ hash >>> 12) & (RECENT - 1);
    }

    /** Notes that a vertex has lost an edge. */
    void suspect(long edgeTypeId, boolean outgoing, byte[] key) {
        suspects.add(new Vertex(edgeTypeId, outgoing, key));
        if (suspects.size() >= SUSPECTS_MAX) {
            flush();
        }
    }

    /** Takes out those that have lost an edge and have none left: once for all that a hub loses meanwhile. */
    void flush() {
        for (Vertex vertex : suspects) {
            byte[] namespace = Namespaces.adjacency(vertex.edgeTypeId, vertex.outgoing, vertex.key);
            if (!edges.scan(namespace).next()) {
                vertices.remove(Namespaces.edgeVertices(vertex.edgeTypeId, vertex.outgoing), vertex.key);
                if (vertex.equals(recent[slot(vertex)])) {
                    recent[slot(vertex)] = null;
                }
            }
        }
        suspects.clear();
    }

    boolean lists(long edgeTypeId, boolean outgoing, byte[] key) {
        return vertices.get(Namespaces.edgeVertices(edgeTypeId, outgoing), key) != null;
    }

    /** Returns the vertices that are listed, by key. */
    Cursor scan(long edgeTypeId, boolean outgoing) {
        return vertices.scan(Namespaces.edgeVertices(edgeTypeId, outgoing));
    }

    /** Takes out all that is listed for an edge type that was dropped. */
    final class Removal {
        private final long edgeTypeId;
        private boolean outgoing = true;
        private @Nullable Cursor listed;

        Removal(long edgeTypeId) {
            this.edgeTypeId = edgeTypeId;
        }

        /** Removes at most {@code entriesMax} and returns whether more may be left. */
        boolean removeSome(int entriesMax) {
            for (int i = 0; i < entriesMax; i++) {
                Cursor open = listed == null ? scan(edgeTypeId, outgoing) : listed;
                listed = open;
                if (open.next()) {
                    vertices.remove(Namespaces.edgeVertices(edgeTypeId, outgoing), open.key());
                } else if (outgoing) {
                    outgoing = false;
                    listed = null;
                } else {
                    return false;
                }
            }
            return true;
        }
    }
}
