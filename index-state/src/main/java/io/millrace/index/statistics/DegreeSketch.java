package io.millrace.index.statistics;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.DegreeStatistics.Hub;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.datasketches.kll.KllDoublesSketch;

/** How many edges of a type vertices have in one direction, and which have the most. */
final class DegreeSketch {
    private static final int DEGREES_K = 100;
    private static final int HUBS_MAX = 64;
    private static final Comparator<Hub> FEWEST_FIRST =
            Comparator.comparingLong(Hub::degree).thenComparing(Hub::key);

    final EdgeBinding type;
    final boolean outgoing;
    private final KllDoublesSketch degrees = KllDoublesSketch.newHeapInstance(DEGREES_K);
    private final PriorityQueue<Hub> hubs = new PriorityQueue<>(FEWEST_FIRST);
    private long vertices;
    private long edges;
    private long rowlessEdges;

    DegreeSketch(EdgeBinding type, boolean outgoing) {
        this.type = type;
        this.outgoing = outgoing;
    }

    void see(String key, long degree) {
        vertices++;
        edges += degree;
        degrees.update(degree);
        if (degree > 1 && (hubs.size() < HUBS_MAX || hubs.element().degree() < degree)) {
            hubs.add(new Hub(key, degree));
            if (hubs.size() > HUBS_MAX) {
                hubs.remove();
            }
        }
    }

    /** Takes note of a vertex that has edges but no row. */
    void seeRowless(long degree) {
        rowlessEdges += degree;
    }

    /** Returns how many edges were seen. */
    long edges() {
        return edges + rowlessEdges;
    }

    /** @param rows of the collection: those that were not seen have no edges */
    DegreeStatistics result(long rows) {
        if (rows > vertices) {
            degrees.update(0, rows - vertices);
            vertices = rows;
        }
        List<Hub> most = new ArrayList<>(hubs);
        most.sort(FEWEST_FIRST.reversed());
        byte[] bytes = degrees.isEmpty() ? new byte[0] : degrees.toByteArray();
        return new DegreeStatistics(type.type().id(), outgoing, vertices, edges, bytes, most, rowlessEdges);
    }
}
