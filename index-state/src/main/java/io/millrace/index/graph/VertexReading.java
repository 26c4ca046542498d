package io.millrace.index.graph;

/** Reads the edges of one vertex, some at a time, and keeps what is wanted of those that are meant. */
public abstract class VertexReading {
    private final EdgeCursor edges;
    private final EdgeReader reader;
    private long edgesRead;

    VertexReading(EdgeCursor edges, EdgeReader reader) {
        this.edges = edges;
        this.reader = reader;
    }

    /** Reads at most {@code edgesMax} edges and returns whether more are left. */
    public final boolean run(int edgesMax) {
        for (int i = 0; i < edgesMax; i++) {
            if (!edges.next()) {
                return false;
            }
            edgesRead++;
            if (reader.passes(edges.key(), edges.value())) {
                keep(edges.key());
            }
        }
        return true;
    }

    /** Takes an edge that is meant, on which the reader stands. */
    abstract void keep(byte[] entryKey);

    /** Returns how many edges were read, meant or not. */
    public final long edgesRead() {
        return edgesRead;
    }

    /** Returns whether more was found than is kept. */
    public abstract boolean truncated();
}
