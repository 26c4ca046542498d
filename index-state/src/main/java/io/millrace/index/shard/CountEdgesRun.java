package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeCount;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the edges of the vertices that are here; their neighbours go nowhere. */
final class CountEdgesRun implements OperationRun {
    /** Edges, or vertices of other shards, that one step goes over. */
    private static final int PER_STEP = 256;

    private final CountEdges asked;
    private final List<EdgeBinding> types;
    private final boolean includePending;
    private final List<Object[]> rows = new ArrayList<>();
    private @Nullable Shard shard;
    private @Nullable EdgeCount counting;
    private Object[] row = {};
    private int vertex;
    private int lookup;
    private long edgesRead;

    private CountEdgesRun(CountEdges asked, List<EdgeBinding> types, boolean includePending) {
        this.asked = asked;
        this.types = types;
        this.includePending = includePending;
    }

    /** @throws MillraceException if an edge type was dropped */
    static CountEdgesRun of(CountEdges asked, BoundCatalog catalog, boolean includePending) throws MillraceException {
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup each : asked.lookups()) {
            types.add(catalog.requiredEdgeType(each.edgeTypeId()));
        }
        return new CountEdgesRun(asked, types, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        vertex = 0;
        lookup = 0;
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public boolean step() {
        for (int left = PER_STEP; left > 0; left--) {
            if (vertex >= asked.keys().size()) {
                return false;
            }
            if (shard == null || !shard.owns(asked.keys().get(vertex))) {
                vertex++;
            } else if (count(shard, asked.keys().get(vertex))) {
                return true;
            }
        }
        return vertex < asked.keys().size();
    }

    /** Goes on with the vertex and returns whether a step's worth of edges was read. */
    private boolean count(Shard on, String key) {
        if (lookup == 0 && counting == null) {
            row = new Object[1 + types.size()];
            row[0] = (long) vertex;
        }
        if (lookup == types.size()) {
            rows.add(row);
            lookup = 0;
            vertex++;
            return false;
        }
        EdgeCount open = counting;
        if (open == null) {
            boolean outgoing = asked.lookups().get(lookup).outgoing();
            open = on.graph().count(types.get(lookup), outgoing, Bytes.utf8(key), includePending);
            counting = open;
        }
        if (open.run(PER_STEP)) {
            return true;
        }
        edgesRead += open.count();
        row[1 + lookup] = open.count();
        counting = null;
        lookup++;
        return false;
    }

    @Override
    public long rowsRead() {
        return edgesRead;
    }

    @Override
    public PartialResult.Rows finish() {
        rows.sort(Comparator.comparingLong(each -> (Long) each[0]));
        return new PartialResult.Rows(rows, false, new FragmentStats(edgesRead, edgesRead, 0, 0, null, null));
    }
}
