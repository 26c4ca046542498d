package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import io.millrace.index.store.Namespaces;
import org.jspecify.annotations.Nullable;

/**
 * What a dropped edge type left behind, removed some entries at a time. Nobody can see it meanwhile. To find it, the
 * entries of all edges of the subtask are stepped over once; after a restart that begins again.
 */
public final class DroppedEdges implements AutoCloseable {
    private final byte[] prefix;
    private final KeyValueStore edges;
    private final EdgeHours hours;
    private final VertexDirectory.Removal vertices;
    private boolean hoursGone;
    private boolean verticesGone;
    private @Nullable NamespaceCursor namespaces;
    private byte[] namespace = Bytes.NONE;
    private @Nullable Cursor entries;

    DroppedEdges(long edgeTypeId, KeyValueStore edges, EdgeHours hours, VertexDirectory.Removal vertices) {
        this.vertices = vertices;
        prefix = Namespaces.of(edgeTypeId);
        this.edges = edges;
        this.hours = hours;
    }

    /** Steps over at most {@code entriesMax} entries, removes those of the type, and returns whether more are left. */
    public boolean removeSome(int entriesMax) {
        if (!hoursGone && hours.removeSome(entriesMax)) {
            return true;
        }
        hoursGone = true;
        if (!verticesGone && vertices.removeSome(entriesMax)) {
            return true;
        }
        verticesGone = true;
        NamespaceCursor all = namespaces == null ? edges.namespaces(prefix) : namespaces;
        namespaces = all;
        for (int i = 0; i < entriesMax; i++) {
            if (entries != null) {
                removeNext(entries);
            } else if (all.next()) {
                open(all.namespace());
            } else {
                close();
                return false;
            }
        }
        return true;
    }

    private void open(byte @Nullable [] found) {
        if (found != null) {
            namespace = found;
            entries = edges.scan(found);
        }
    }

    private void removeNext(Cursor from) {
        if (from.next()) {
            edges.remove(namespace, from.key());
        } else {
            entries = null;
        }
    }

    /** Lets go of what is held open; the next step begins again. */
    @Override
    public void close() {
        if (namespaces != null) {
            namespaces.close();
            namespaces = null;
        }
        entries = null;
    }
}
