package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeCount;
import io.millrace.index.graph.VertexScan;
import io.millrace.index.store.Bytes;
import io.millrace.index.vector.KeyOrder;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts the edges of every vertex that has any, lookup by lookup, and keeps the vertices that have the most. One that an
 * earlier lookup lists too was counted there, for all lookups.
 */
final class TopDegreesRun implements OperationRun {
    /** Vertices and edges together. */
    private static final int PER_STEP = 512;

    private static final int EDGES_AT_ONCE = 256;

    private final TopDegrees asked;
    private final List<EdgeBinding> types;
    private final boolean includePending;
    private final TreeSet<Counted> best;
    private final Set<String> kept = new HashSet<>();
    private @Nullable Shard shard;
    private @Nullable VertexScan scanning;
    private int listing;
    private @Nullable Counting open;
    private long read;

    /** A vertex and its edges of each lookup. */
    private record Counted(String key, long[] edges, long sum) {}

    /** A vertex whose edges are being counted. */
    private static final class Counting {
        private final byte[] key;
        private final long[] edges;
        private @Nullable EdgeCount count;
        private int lookup;

        Counting(byte[] key, int lookups) {
            this.key = key;
            edges = new long[lookups];
        }
    }

    private TopDegreesRun(TopDegrees asked, boolean numeric, List<EdgeBinding> types, boolean includePending) {
        this.asked = asked;
        this.types = types;
        this.includePending = includePending;
        Comparator<Counted> most = Comparator.comparingLong(Counted::sum).reversed();
        best = new TreeSet<>(most.thenComparing(Counted::key, KeyOrder.of(numeric)));
    }

    /** @throws MillraceException if the collection or an edge type was dropped */
    static TopDegreesRun of(TopDegrees asked, BoundCatalog catalog, boolean includePending) throws MillraceException {
        CollectionBinding collection = catalog.required(asked.collectionId());
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup each : asked.lookups()) {
            types.add(catalog.requiredEdgeType(each.edgeTypeId()));
        }
        return new TopDegreesRun(asked, collection.numericKey(), types, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        listing = 0;
        scanning = null;
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public boolean step() {
        Shard on = shard;
        for (int left = PER_STEP; on != null && left > 0; ) {
            Counting vertex = open;
            if (vertex == null) {
                vertex = next(on);
                open = vertex;
                if (vertex == null) {
                    return false;
                }
            }
            left -= 1 + count(on, vertex);
        }
        return on != null;
    }

    /** Returns the next vertex that is listed; null where all were. */
    private @Nullable Counting next(Shard on) {
        while (listing < types.size()) {
            VertexScan scan = scanning;
            if (scan == null) {
                scan = on.graph().vertices(types.get(listing), outgoing(listing), includePending);
                scanning = scan;
            }
            if (scan.next()) {
                return new Counting(scan.listedKey(), types.size());
            }
            scanning = null;
            listing++;
        }
        return null;
    }

    private boolean outgoing(int lookup) {
        return asked.lookups().get(lookup).outgoing();
    }

    /** Goes on with some edges of the vertex along one lookup, and returns how many it has stepped over. */
    private int count(Shard on, Counting vertex) {
        int lookup = vertex.lookup;
        EdgeCount count = vertex.count;
        if (count == null) {
            count = on.graph().count(types.get(lookup), outgoing(lookup), vertex.key, includePending);
            vertex.count = count;
        }
        long before = count.count();
        boolean more = count.run(lookup < listing ? 1 : EDGES_AT_ONCE);
        if (lookup < listing && count.count() > 0) {
            open = null;
        } else if (!more) {
            vertex.edges[vertex.lookup++] = count.count();
            vertex.count = null;
            if (vertex.lookup == types.size()) {
                open = null;
                keep(vertex);
            }
        }
        return (int) (count.count() - before);
    }

    private void keep(Counting vertex) {
        long sum = 0;
        for (long edges : vertex.edges) {
            sum += edges;
        }
        read += sum;
        String key = Bytes.text(vertex.key);
        if (sum > 0 && kept.add(key)) {
            best.add(new Counted(key, vertex.edges, sum));
            if (best.size() > asked.k()) {
                Counted least = best.last();
                best.remove(least);
                kept.remove(least.key());
            }
        }
    }

    @Override
    public long rowsRead() {
        return read;
    }

    @Override
    public PartialResult.Rows finish() {
        List<Object[]> rows = new ArrayList<>(best.size());
        for (Counted vertex : best) {
            Object[] row = new Object[1 + vertex.edges().length];
            row[0] = vertex.key();
            for (int i = 0; i < vertex.edges().length; i++) {
                row[1 + i] = vertex.edges()[i];
            }
            rows.add(row);
        }
        return new PartialResult.Rows(rows, false, new FragmentStats(read, rows.size(), 0, 0, null, null));
    }
}
