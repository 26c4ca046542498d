package io.millrace.index.graph;

import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueOrder;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the distinct neighbours of vertices along one edge type in one direction. */
public final class NeighbourSearch {
    private final GraphStore graph;
    private final EdgeBinding type;
    private final boolean outgoing;
    private final boolean includePending;
    private final EdgeReader reader;

    public NeighbourSearch(
            GraphStore graph,
            EdgeBinding type,
            boolean outgoing,
            boolean includePending,
            Predicate filter,
            @Nullable TimeRange timeRange) {
        this.graph = graph;
        this.type = type;
        this.outgoing = outgoing;
        this.includePending = includePending;
        reader = new EdgeReader(type, filter, timeRange, List.of());
    }

    /** Starts reading the neighbours of a vertex, of which the first {@code neighboursMax} by key are kept. */
    public Vertex vertex(byte[] key, int neighboursMax) {
        return new Vertex(graph.edges(type, outgoing, key, includePending), neighboursMax);
    }

    /** One vertex whose edges are read some at a time. */
    public final class Vertex extends VertexReading {
        private final int neighboursMax;
        private final TreeSet<String> neighbours = new TreeSet<>(ValueOrder::compareUtf8);
        private boolean truncated;

        private Vertex(EdgeCursor edges, int neighboursMax) {
            super(edges, reader);
            this.neighboursMax = neighboursMax;
        }

        @Override
        void keep(byte[] entryKey) {
            neighbours.add(EdgeFormat.neighbour(entryKey));
            if (neighbours.size() > neighboursMax) {
                neighbours.pollLast();
                truncated = true;
            }
        }

        /** Returns the neighbours by key. */
        public Iterable<String> neighbours() {
            return neighbours;
        }

        @Override
        public boolean truncated() {
            return truncated;
        }
    }
}
