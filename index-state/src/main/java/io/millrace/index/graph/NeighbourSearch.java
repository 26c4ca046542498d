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
    public final class Vertex {
        private final EdgeCursor edges;
        private final int neighboursMax;
        private final TreeSet<String> neighbours = new TreeSet<>(ValueOrder::compareUtf8);
        private long edgesRead;
        private boolean truncated;

        private Vertex(EdgeCursor edges, int neighboursMax) {
            this.edges = edges;
            this.neighboursMax = neighboursMax;
        }

        /** Reads at most {@code edgesMax} edges and returns whether more are left. */
        public boolean run(int edgesMax) {
            for (int i = 0; i < edgesMax; i++) {
                if (!edges.next()) {
                    return false;
                }
                edgesRead++;
                if (reader.passes(edges.key(), edges.value())) {
                    add(EdgeFormat.neighbour(edges.key()));
                }
            }
            return true;
        }

        private void add(String neighbour) {
            neighbours.add(neighbour);
            if (neighbours.size() > neighboursMax) {
                neighbours.pollLast();
                truncated = true;
            }
        }

        /** Returns the neighbours by key. */
        public Iterable<String> neighbours() {
            return neighbours;
        }

        public int count() {
            return neighbours.size();
        }

        public long edgesRead() {
            return edgesRead;
        }

        public boolean truncated() {
            return truncated;
        }
    }
}
