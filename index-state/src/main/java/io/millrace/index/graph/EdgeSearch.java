package io.millrace.index.graph;

import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the edges of vertices, parallel ones each, along one edge type in one direction. */
public final class EdgeSearch {
    private final GraphStore graph;
    private final EdgeBinding type;
    private final boolean outgoing;
    private final boolean includePending;
    private final EdgeReader reader;

    /**
     * An edge as the vertex sees it.
     *
     * @param id null where it has none
     * @param columns that were asked for
     */
    public record Edge(
            String neighbour, @Nullable String id, @Nullable Object[] columns) {}

    private record Identity(String neighbour, @Nullable String id) {
        private static final Comparator<Identity> ORDER = Comparator.comparing(
                        Identity::neighbour, ValueOrder::compareUtf8)
                .thenComparing(Identity::id, ValueOrder.ASCENDING);
    }

    public EdgeSearch(
            GraphStore graph,
            EdgeBinding type,
            boolean outgoing,
            boolean includePending,
            Predicate filter,
            List<String> columns) {
        this.graph = graph;
        this.type = type;
        this.outgoing = outgoing;
        this.includePending = includePending;
        reader = new EdgeReader(type, filter, null, columns);
    }

    /** Starts reading the edges of a vertex, of which the first {@code edgesMax} by neighbour and id are kept. */
    public Vertex vertex(byte[] key, int edgesMax) {
        return new Vertex(graph.edges(type, outgoing, key, includePending), edgesMax);
    }

    /** One vertex whose edges are read some at a time. */
    public final class Vertex extends VertexReading {
        private final int edgesMax;
        private final TreeMap<Identity, @Nullable Object[]> kept = new TreeMap<>(Identity.ORDER);
        private boolean truncated;

        private Vertex(EdgeCursor edges, int edgesMax) {
            super(edges, reader);
            this.edgesMax = edgesMax;
        }

        @Override
        void keep(byte[] entryKey) {
            kept.put(new Identity(EdgeFormat.neighbour(entryKey), EdgeFormat.id(entryKey)), reader.columns());
            if (kept.size() > edgesMax) {
                kept.pollLastEntry();
                truncated = true;
            }
        }

        /** Returns the edges by neighbour and id. */
        public List<Edge> edges() {
            List<Edge> list = new ArrayList<>(kept.size());
            kept.forEach((identity, columns) -> list.add(new Edge(identity.neighbour(), identity.id(), columns)));
            return list;
        }

        @Override
        public boolean truncated() {
            return truncated;
        }
    }
}
