package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.NeighbourSearch;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the neighbours of the vertices that are here. */
final class ExpandRun implements OperationRun {
    private static final int EDGES_PER_STEP = 256;
    private static final int VERTICES_PER_STEP = 32;

    /** Vertices, most of them of other shards, that one step looks at. */
    private static final int LOOKED_AT_PER_STEP = 1_024;

    private final ExpandVertices expand;
    private final List<EdgeBinding> types;
    private final boolean includePending;
    private final List<Object[]> rows = new ArrayList<>();
    private final List<NeighbourSearch> searches = new ArrayList<>();
    private @Nullable Shard shard;
    private NeighbourSearch.@Nullable Vertex reading;
    private int vertex;
    private int lookup;
    private int rowsLeft;
    private long edgesRead;
    private boolean truncated;

    private ExpandRun(ExpandVertices expand, List<EdgeBinding> types, boolean includePending) {
        this.expand = expand;
        this.types = types;
        this.includePending = includePending;
    }

    static ExpandRun of(ExpandVertices expand, BoundCatalog catalog, boolean includePending) throws MillraceException {
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup lookup : expand.lookups()) {
            types.add(catalog.requiredEdgeType(lookup.edgeTypeId()));
        }
        return new ExpandRun(expand, types, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        searches.clear();
        for (int i = 0; i < types.size(); i++) {
            EdgeLookup asked = expand.lookups().get(i);
            searches.add(new NeighbourSearch(
                    newShard.graph(),
                    types.get(i),
                    asked.outgoing(),
                    includePending,
                    expand.edgeFilter(),
                    expand.timeRange()));
        }
        vertex = 0;
        lookup = 0;
        rowsLeft = expand.neighboursMax();
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public boolean step() {
        int end = Math.min(expand.vertices().size(), vertex + LOOKED_AT_PER_STEP);
        for (int left = VERTICES_PER_STEP; left > 0; left--) {
            if (reading == null && !openNext(end)) {
                return vertex < expand.vertices().size();
            }
            NeighbourSearch.Vertex open = reading;
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

    private void close(NeighbourSearch.Vertex done) {
        for (String neighbour : done.neighbours()) {
            rows.add(new Object[] {(long) vertex, (long) lookup, neighbour});
        }
        rowsLeft -= done.count();
        edgesRead += done.edgesRead();
        truncated |= done.truncated();
        reading = null;
        lookup++;
    }

    @Override
    public long rowsRead() {
        return edgesRead;
    }

    @Override
    public PartialResult.Rows finish() {
        // A vertex is on one shard, so its neighbours are in order already.
        rows.sort(Comparator.<Object[]>comparingLong(row -> (Long) row[0]).thenComparingLong(row -> (Long) row[1]));
        return new PartialResult.Rows(rows, truncated, new FragmentStats(edgesRead, rows.size(), 0, 0, null, null));
    }
}
