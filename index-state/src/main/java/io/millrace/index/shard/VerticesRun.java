package io.millrace.index.shard;

import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.VertexScan;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the vertices that have edges; the first by collection and key are kept of each shard. */
final class VerticesRun implements OperationRun {
    private static final int VERTICES_PER_STEP = 64;

    private static final Comparator<Vertex> ORDER =
            Comparator.comparingInt(Vertex::collection).thenComparing(Vertex::key, ValueOrder::compareUtf8);

    private final ScanVertices scan;
    private final List<EdgeBinding> types;
    private final boolean includePending;
    private final TreeSet<Vertex> found = new TreeSet<>(ORDER);
    private final List<Vertex> rows = new ArrayList<>();
    private @Nullable Shard shard;
    private @Nullable VertexScan scanning;
    private int lookup;
    private long verticesRead;
    private boolean truncated;

    private VerticesRun(ScanVertices scan, List<EdgeBinding> types, boolean includePending) {
        this.scan = scan;
        this.types = types;
        this.includePending = includePending;
    }

    /** @throws MillraceException if an edge type was dropped */
    static VerticesRun of(ScanVertices scan, BoundCatalog catalog, boolean includePending) throws MillraceException {
        List<EdgeBinding> types = new ArrayList<>();
        for (EdgeLookup lookup : scan.lookups()) {
            types.add(catalog.requiredEdgeType(lookup.edgeTypeId()));
        }
        return new VerticesRun(scan, types, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        lookup = 0;
        scanning = null;
        return Used.ofEdges(types, newShard.graph());
    }

    @Override
    public boolean step() {
        for (int left = VERTICES_PER_STEP; left > 0; left--) {
            VertexScan open = scanning == null ? openNext() : scanning;
            if (open == null) {
                rows.addAll(found);
                found.clear();
                return false;
            }
            if (open.next()) {
                verticesRead++;
                keep(open.key());
            } else {
                scanning = null;
                lookup++;
            }
        }
        return true;
    }

    private @Nullable VertexScan openNext() {
        if (shard != null && lookup < types.size()) {
            boolean outgoing = scan.lookups().get(lookup).outgoing();
            scanning = shard.graph().vertices(types.get(lookup), outgoing, includePending);
        }
        return scanning;
    }

    private void keep(@Nullable String key) {
        if (key != null && found.add(new Vertex(scan.lookups().get(lookup).collection(), key))) {
            if (found.size() > scan.limit()) {
                found.pollLast();
                truncated = true;
            }
        }
    }

    @Override
    public PartialResult.Rows finish() {
        rows.sort(ORDER);
        List<Object[]> result = new ArrayList<>(rows.size());
        rows.forEach(vertex -> result.add(new Object[] {(long) vertex.collection(), vertex.key()}));
        return new PartialResult.Rows(
                result, truncated, new FragmentStats(verticesRead, result.size(), 0, 0, null, null));
    }
}
