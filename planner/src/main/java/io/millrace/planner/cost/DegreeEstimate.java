package io.millrace.planner.cost;

import io.millrace.protocol.statistics.DegreeStatistics;
import java.util.HashMap;
import java.util.Map;

/** How many edges of a type vertices have in one direction, over all shards. */
final class DegreeEstimate {
    private final Map<String, Long> hubs = new HashMap<>();
    private long vertices;
    private long edges;
    private long hubEdges;

    void add(DegreeStatistics shard) {
        vertices += shard.vertices();
        edges += shard.edges();
        for (DegreeStatistics.Hub hub : shard.hubs()) {
            hubs.put(hub.key(), hub.degree());
            hubEdges += hub.degree();
        }
    }

    /** Returns the mean. */
    double mean() {
        return vertices == 0 ? 0 : (double) edges / vertices;
    }

    /** Returns what is known of a vertex: its degree where it has many edges, else the mean of those that have not. */
    double of(String key) {
        Long known = hubs.get(key);
        return known != null ? known : (double) Math.max(0, edges - hubEdges) / Math.max(1, vertices - hubs.size());
    }
}
