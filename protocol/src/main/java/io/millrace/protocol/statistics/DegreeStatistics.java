package io.millrace.protocol.statistics;

import java.util.List;

/**
 * How many edges of a type the vertices of a collection have in one shard, those without any included.
 *
 * @param vertices how many were counted
 * @param edges of these together
 * @param degrees a serialized KllDoublesSketch of the number of edges of each
 * @param hubs vertices with the most edges, these first
 */
public record DegreeStatistics(
        long edgeTypeId, boolean outgoing, long vertices, long edges, byte[] degrees, List<Hub> hubs) {
    public DegreeStatistics {
        hubs = List.copyOf(hubs);
    }

    /** @param key canonical */
    public record Hub(String key, long degree) {}
}
