package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the vertices of a shard that have edges of a type in a direction, some at a time. */
public final class VertexScan {
    private final GraphStore graph;
    private final EdgeBinding type;
    private final boolean outgoing;
    private final boolean includePending;
    private final VertexDirectory directory;
    private final Cursor listed;
    private final Iterator<byte[]> waiting;
    private byte @Nullable [] candidate;
    private boolean waits;

    VertexScan(
            GraphStore graph,
            EdgeBinding type,
            boolean outgoing,
            boolean includePending,
            VertexDirectory directory,
            List<byte[]> waiting) {
        this.graph = graph;
        this.type = type;
        this.outgoing = outgoing;
        this.includePending = includePending;
        this.directory = directory;
        listed = directory.scan(type.type().id(), outgoing);
        this.waiting = waiting.iterator();
    }

    /** Looks at the next vertex and returns whether there is one. */
    public boolean next() {
        waits = !listed.next();
        candidate = !waits ? listed.key() : waiting.hasNext() ? waiting.next() : null;
        return candidate != null;
    }

    /** Returns whether the vertex has not come before: one that is listed comes again where an edge of it waits. */
    public boolean isFirst() {
        return !waits || !directory.lists(type.type().id(), outgoing, listedKey());
    }

    /** Returns the canonical key of the vertex, which may have lost its edges. */
    public byte[] listedKey() {
        byte[] key = candidate;
        if (key == null) {
            throw new IllegalStateException("the scan stands on no vertex");
        }
        return key;
    }

    /** Returns the canonical key of the vertex if it has an edge, else null; a vertex may come twice. */
    public @Nullable String key() {
        byte[] key = candidate;
        return key != null && graph.edges(type, outgoing, key, includePending).next() ? Bytes.text(key) : null;
    }
}
