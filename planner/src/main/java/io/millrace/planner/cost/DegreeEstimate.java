package io.millrace.planner.cost;

import io.millrace.protocol.statistics.DegreeStatistics;
import java.util.HashMap;
import java.util.Map;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;
import org.jspecify.annotations.Nullable;

/** How many edges of a type vertices have in one direction, over all shards. */
final class DegreeEstimate {
    /** Degrees that stand for all. */
    private static final int POINTS = 32;

    private final Map<String, Long> hubs = new HashMap<>();
    private @Nullable KllDoublesSketch degrees;
    private double @Nullable [] points;
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
        if (shard.degrees().length > 0) {
            Memory bytes = Memory.wrap(shard.degrees());
            if (degrees == null) {
                degrees = KllDoublesSketch.heapify(bytes);
            } else {
                degrees.merge(KllDoublesSketch.wrap(bytes));
            }
            points = null;
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

    /** Returns how many vertices have one or more of so many edges, drawn at random. */
    double reached(double drawn) {
        double[] degreesOfAll = points();
        if (edges == 0 || degreesOfAll.length == 0) {
            return 0;
        }
        double missedByOne = 1 - Math.min(1, drawn / edges);
        double share = 0;
        for (double degree : degreesOfAll) {
            share += 1 - Math.pow(missedByOne, degree);
        }
        return Math.min(drawn, vertices * share / degreesOfAll.length);
    }

    /** Returns degrees of vertices at even distances in the order of their degrees. */
    private double[] points() {
        if (points == null) {
            points = new double[degrees == null ? 0 : POINTS];
            for (int i = 0; degrees != null && i < POINTS; i++) {
                points[i] = degrees.getQuantile((i + 0.5) / POINTS);
            }
        }
        return points;
    }
}
