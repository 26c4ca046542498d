package io.millrace.protocol.statistics;

import java.util.List;

/**
 * How many edges of a type the vertices of a collection have in one shard, those without any included.
 *
 * @param vertices how many rows were counted
 * @param edges of these together
 * @param degrees a serialized KllDoublesSketch of the number of edges of each
 * @param hubs vertices with the most edges, these first
 * @param rowlessEdges of vertices that have no row, which nothing else here speaks of
 */
public record DegreeStatistics(
        long edgeTypeId,
        boolean outgoing,
        long vertices,
        long edges,
        byte[] degrees,
        List<Hub> hubs,
        long rowlessEdges) {
    public DegreeStatistics {
        hubs = List.copyOf(hubs);
    }

    /** Where every vertex has a row. */
    public DegreeStatistics(
            long edgeTypeId, boolean outgoing, long vertices, long edges, byte[] degrees, List<Hub> hubs) {
        this(edgeTypeId, outgoing, vertices, edges, degrees, hubs, 0);
    }

    /** Returns the same without what tells vertices apart. */
    DegreeStatistics totals() {
        return new DegreeStatistics(edgeTypeId, outgoing, vertices, edges, new byte[0], List.of(), rowlessEdges);
    }

    /** @param key canonical */
    public record Hub(String key, long degree) {}
}
