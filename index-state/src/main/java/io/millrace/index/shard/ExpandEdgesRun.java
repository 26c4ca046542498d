package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeSearch;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the edges of the vertices that are here. */
final class ExpandEdgesRun implements OperationRun {
    private static final int EDGES_PER_STEP = 256;
    private static final int VERTICES_PER_STEP = 32;

    /** Vertices, most of them of other shards, that one step looks at. */
    private static final int LOOKED_AT_PER_STEP = 1_024;

    /** Columns ahead of those that were asked for. */
    private static final int FIXED = 4;

    private final ExpandEdges expand;
    private final List<EdgeBinding> types;
    private final boolean includePending;
    private final List<Object[]> rows = new ArrayList<>();
    private final List<EdgeSearch> searches = new ArrayList<>();
    private @Nullable Shard shard;
    private EdgeSearch.@Nullable Vertex reading;
    private int vertex;
    private int lookup;
    private int rowsLeft;
    private long edgesRead;
    private boolean truncated;

    private ExpandEdgesRun(ExpandEdges expand, List<EdgeBinding> types, boolean includePending) {
        this.expand = expand;
        this.types = types;
        this.includePending = includePending;
    }

    /** @throws MillraceException if an edge type was dropped */
    static ExpandEdgesRun of(ExpandEdges expand, BoundCatalog catalog, boolean includePending)
            throws MillraceException {
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup lookup : expand.lookups()) {
            types.add(catalog.requiredEdgeType(lookup.edgeTypeId()));
        }
        return new ExpandEdgesRun(expand, types, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        searches.clear();
        for (int i = 0; i < types.size(); i++) {
            boolean outgoing = expand.lookups().get(i).outgoing();
            searches.add(new EdgeSearch(
                    newShard.graph(), types.get(i), outgoing, includePending, expand.edgeFilter(), expand.columns()));
        }
        vertex = 0;
        lookup = 0;
        rowsLeft = expand.edgesMax();
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public boolean step() {
        int end = Math.min(expand.vertices().size(), vertex + LOOKED_AT_PER_STEP);
        for (int left = VERTICES_PER_STEP; left > 0; left--) {
            if (reading == null && !openNext(end)) {
                return vertex < expand.vertices().size();
            }
            EdgeSearch.Vertex open = reading;
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
            Vertex candidate = expand.vertices().get(vertex);
            if (shard == null || !shard.owns(candidate.key())) {
                continue;
            }
            for (; lookup < searches.size(); lookup++) {
                if (expand.lookups().get(lookup).collection() == candidate.collection()) {
                    reading = searches.get(lookup).vertex(Bytes.utf8(candidate.key()), rowsLeft);
                    return true;
                }
            }
        }
        return false;
    }

    private void close(EdgeSearch.Vertex done) {
        List<EdgeSearch.Edge> edges = done.edges();
        for (EdgeSearch.Edge edge : edges) {
            @Nullable Object[] row = new @Nullable Object[FIXED + edge.columns().length];
            row[0] = (long) vertex;
            row[1] = (long) lookup;
            row[2] = edge.neighbour();
            row[3] = edge.id();
            System.arraycopy(edge.columns(), 0, row, FIXED, edge.columns().length);
            rows.add(row);
        }
        rowsLeft -= edges.size();
        edgesRead += done.edgesRead();
        truncated |= done.truncated();
        reading = null;
        lookup++;
    }

    @Override
    public PartialResult.Rows finish() {
        // A vertex is on one shard, so its edges are in order already.
        rows.sort(Comparator.<Object[]>comparingLong(row -> (Long) row[0]).thenComparingLong(row -> (Long) row[1]));
        return new PartialResult.Rows(rows, truncated, new FragmentStats(edgesRead, rows.size(), 0, 0, null, null));
    }
}
