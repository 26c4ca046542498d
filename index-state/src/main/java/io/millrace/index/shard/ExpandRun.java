package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.NeighbourSearch;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import java.util.ArrayList;
import java.util.List;

/** Reads the neighbours of the vertices that are here. */
final class ExpandRun extends FrontierRun<NeighbourSearch.Vertex> {
    private final ExpandVertices expand;
    private final boolean includePending;
    private final List<NeighbourSearch> searches = new ArrayList<>();

    private ExpandRun(ExpandVertices expand, List<EdgeBinding> types, boolean includePending) {
        super(expand.vertices(), expand.lookups(), types, expand.neighboursMax());
        this.expand = expand;
        this.includePending = includePending;
    }

    /** @throws MillraceException if an edge type was dropped */
    static ExpandRun of(ExpandVertices expand, BoundCatalog catalog, boolean includePending) throws MillraceException {
        return new ExpandRun(expand, types(expand.lookups(), catalog), includePending);
    }

    @Override
    void enter(Shard newShard, List<EdgeBinding> lookupTypes) {
        searches.clear();
        for (int i = 0; i < lookupTypes.size(); i++) {
            searches.add(new NeighbourSearch(
                    newShard.graph(),
                    lookupTypes.get(i),
                    expand.lookups().get(i).outgoing(),
                    includePending,
                    expand.edgeFilter(),
                    expand.timeRange()));
        }
    }

    @Override
    NeighbourSearch.Vertex open(int lookupPlace, byte[] key, int rowsLeftHere) {
        return searches.get(lookupPlace).vertex(key, rowsLeftHere);
    }

    @Override
    void addRows(NeighbourSearch.Vertex done, long vertexPlace, long lookupPlace, List<Object[]> target) {
        for (String neighbour : done.neighbours()) {
            target.add(new Object[] {vertexPlace, lookupPlace, neighbour});
        }
    }
}
