package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.VertexReading;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the edges of those vertices that are here, along each lookup of their collection. The rows begin with the places of
 * the vertex and of the lookup, both Long, and come in this order.
 */
abstract class FrontierRun<R extends VertexReading> implements OperationRun {
    private static final int EDGES_PER_STEP = 256;
    private static final int VERTICES_PER_STEP = 32;

    /** Vertices, most of them of other shards, that one step looks at. */
    private static final int LOOKED_AT_PER_STEP = 1_024;

    private final List<Vertex> vertices;
    private final List<EdgeLookup> lookups;
    private final List<EdgeBinding> types;
    private final int rowsMax;
    private final List<Object[]> rows = new ArrayList<>();
    private @Nullable Shard shard;
    private @Nullable R reading;
    private int vertex;
    private int lookup;
    private int rowsLeft;
    private long edgesRead;
    private boolean truncated;

    /**
     * @param types of the lookups, in their order
     * @param rowsMax of one shard
     */
    FrontierRun(List<Vertex> vertices, List<EdgeLookup> lookups, List<EdgeBinding> types, int rowsMax) {
        this.vertices = vertices;
        this.lookups = lookups;
        this.types = types;
        this.rowsMax = rowsMax;
    }

    /** @throws MillraceException if an edge type was dropped */
    static List<EdgeBinding> types(List<EdgeLookup> lookups, BoundCatalog catalog) throws MillraceException {
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup each : lookups) {
            types.add(catalog.requiredEdgeType(each.edgeTypeId()));
        }
        return types;
    }

    /** Goes to the next shard. */
    abstract void enter(Shard newShard, List<EdgeBinding> lookupTypes);

    /** Starts reading a vertex along a lookup. */
    abstract R open(int lookupPlace, byte[] key, int rowsLeftHere);

    /** Adds what was read to {@code target}. */
    abstract void addRows(R done, long vertexPlace, long lookupPlace, List<Object[]> target);

    @Override
    public final Used begin(Shard newShard) {
        shard = newShard;
        enter(newShard, types);
        vertex = 0;
        lookup = 0;
        rowsLeft = rowsMax;
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public final boolean step() {
        int end = Math.min(vertices.size(), vertex + LOOKED_AT_PER_STEP);
        for (int left = VERTICES_PER_STEP; left > 0; left--) {
            if (reading == null && !openNext(end)) {
                return vertex < vertices.size();
            }
            R open = reading;
            if (open == null || open.run(EDGES_PER_STEP)) {
                return true;
            }
            close(open);
        }
        return true;
    }

    /** Opens the next vertex before {@code end}, and lookup, that concern this shard; returns whether there is one. */
    private boolean openNext(int end) {
        for (; vertex < end; vertex++, lookup = 0) {
            Vertex candidate = vertices.get(vertex);
            if (shard == null || !shard.owns(candidate.key())) {
                continue;
            }
            for (; lookup < lookups.size(); lookup++) {
                if (lookups.get(lookup).collection() == candidate.collection()) {
                    reading = open(lookup, Bytes.utf8(candidate.key()), rowsLeft);
                    return true;
                }
            }
        }
        return false;
    }

    private void close(R done) {
        int before = rows.size();
        addRows(done, vertex, lookup, rows);
        rowsLeft -= rows.size() - before;
        edgesRead += done.edgesRead();
        truncated |= done.truncated();
        reading = null;
        lookup++;
    }

    @Override
    public final long rowsRead() {
        return edgesRead;
    }

    @Override
    public final PartialResult.Rows finish() {
        // A vertex is on one shard, so what was read of it is in order already.
        rows.sort(Comparator.<Object[]>comparingLong(row -> (Long) row[0]).thenComparingLong(row -> (Long) row[1]));
        return new PartialResult.Rows(rows, truncated, new FragmentStats(edgesRead, rows.size(), 0, 0, null, null));
    }
}
