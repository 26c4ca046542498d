package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeSearch;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the edges of the vertices that are here. */
final class ExpandEdgesRun extends FrontierRun<EdgeSearch.Vertex> {
    /** Columns ahead of those that were asked for. */
    private static final int FIXED = 4;

    private final ExpandEdges expand;
    private final boolean includePending;
    private final List<EdgeSearch> searches = new ArrayList<>();

    private ExpandEdgesRun(ExpandEdges expand, List<EdgeBinding> types, boolean includePending) {
        super(expand.vertices(), expand.lookups(), types, expand.edgesMax());
        this.expand = expand;
        this.includePending = includePending;
    }

    /** @throws MillraceException if an edge type was dropped */
    static ExpandEdgesRun of(ExpandEdges expand, BoundCatalog catalog, boolean includePending)
            throws MillraceException {
        return new ExpandEdgesRun(expand, types(expand.lookups(), catalog), includePending);
    }

    @Override
    void enter(Shard newShard, List<EdgeBinding> lookupTypes) {
        searches.clear();
        for (int i = 0; i < lookupTypes.size(); i++) {
            searches.add(new EdgeSearch(
                    newShard.graph(),
                    lookupTypes.get(i),
                    expand.lookups().get(i).outgoing(),
                    includePending,
                    expand.edgeFilter(),
                    expand.columns()));
        }
    }

    @Override
    EdgeSearch.Vertex open(int lookupPlace, byte[] key, int rowsLeftHere) {
        return searches.get(lookupPlace).vertex(key, rowsLeftHere);
    }

    @Override
    void addRows(EdgeSearch.Vertex done, long vertexPlace, long lookupPlace, List<Object[]> target) {
        for (EdgeSearch.Edge edge : done.edges()) {
            @Nullable Object[] row = new @Nullable Object[FIXED + edge.columns().length];
            row[0] = vertexPlace;
            row[1] = lookupPlace;
            row[2] = edge.neighbour();
            row[3] = edge.id();
            System.arraycopy(edge.columns(), 0, row, FIXED, edge.columns().length);
            target.add(row);
        }
    }
}
