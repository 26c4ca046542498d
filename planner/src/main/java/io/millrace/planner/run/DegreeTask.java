package io.millrace.planner.run;

import io.millrace.planner.plan.Reading.Computed;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.planner.plan.Reading.TopVertices;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the edges of vertices: one row a vertex and edge type, in the order of keys and then of the types' names; where
 * only those with the most edges are asked for, these first. A count that is not asked for is null; one of edges that
 * cannot be is 0.
 */
final class DegreeTask implements ShardTask {
    private final DegreeSource source;
    private final Computed read;
    private final @Nullable List<String> keys;
    private final MemoryMeter memory;
    private final List<EdgeLookup> lookups = new ArrayList<>();
    private final List<Counted> counts = new ArrayList<>();

    /** A vertex as answers show it, and its edges of each lookup behind the first place of {@code edges}. */
    private record Counted(Object id, Object[] edges) {
        long sum() {
            long sum = 0;
            for (int i = 1; i < edges.length; i++) {
                sum += (Long) edges[i];
            }
            return sum;
        }
    }

    /** @param keys of the vertices that count; null for all, of which only some can be asked for then */
    DegreeTask(DegreeSource source, Computed read, @Nullable List<String> keys, MemoryMeter memory) {
        this.source = source;
        this.read = read;
        this.keys = keys;
        this.memory = memory;
        for (CountedEdges type : source.edgeTypes()) {
            if (source.outgoing() && type.leaves()) {
                lookups.add(new EdgeLookup(0, type.id(), true));
            }
            if (source.incoming() && type.comes()) {
                lookups.add(new EdgeLookup(0, type.id(), false));
            }
        }
    }

    @Override
    public @Nullable FragmentOperation start() {
        if (source.edgeTypes().isEmpty()) {
            return null;
        }
        TopVertices top = source.top();
        return keys == null && top != null
                ? new TopDegrees(top.collectionId(), lookups, top.k())
                : new CountEdges(keys == null ? List.of() : keys, lookups);
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            String key = keys == null ? (String) row[0] : keys.get(((Long) row[0]).intValue());
            counts.add(new Counted(Vertex.of(0, read.intKey(), key).id(), row));
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() throws StepFailure {
        Comparator<Counted> byId = Comparator.comparing(vertex -> new Object[] {vertex.id}, Rows.by(0, false));
        List<Counted> kept = counts;
        TopVertices top = source.top();
        if (top == null) {
            kept.sort(byId);
        } else {
            kept.removeIf(vertex -> vertex.sum() == 0);
            kept.sort(Comparator.comparingLong(Counted::sum).reversed().thenComparing(byId));
            kept = kept.subList(0, Math.min(top.k(), kept.size()));
        }
        long rowBytes = MemoryMeter.shellBytes(read.columns().size());
        memory.add(rowBytes * kept.size() * source.edgeTypes().size());
        List<Object[]> rows = new ArrayList<>();
        for (Counted counted : kept) {
            addRows(counted, rows);
        }
        return new StepTable(new ResultTable(read.columns(), rows, false), false);
    }

    private void addRows(Counted counted, List<Object[]> rows) {
        int lookup = 0;
        List<Object[]> own = new ArrayList<>();
        for (CountedEdges type : source.edgeTypes()) {
            @Nullable Object[] row = new @Nullable Object[read.columns().size()];
            Arrays.fill(row, 0, read.keyColumn() + 1, counted.id);
            int place = read.keyColumn() + 1;
            row[place++] = type.name();
            boolean out = source.outgoing() && type.leaves();
            row[place++] = out ? counted.edges[1 + lookup++] : source.outgoing() ? (Long) 0L : null;
            boolean in = source.incoming() && type.comes();
            row[place] = in ? counted.edges[1 + lookup++] : source.incoming() ? (Long) 0L : null;
            own.add(row);
        }
        own.sort(Rows.by(read.keyColumn() + 1, false));
        rows.addAll(own);
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
