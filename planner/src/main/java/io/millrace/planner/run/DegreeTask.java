package io.millrace.planner.run;

import io.millrace.planner.plan.Reading.Computed;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the edges of vertices: one row a vertex and edge type, in the order of keys and then of the types' names. A count
 * that is not asked for is null; one of edges that cannot be is 0.
 */
final class DegreeTask implements ShardTask {
    private final DegreeSource source;
    private final Computed read;
    private final List<String> keys;
    private final MemoryMeter memory;
    private final List<EdgeLookup> lookups = new ArrayList<>();
    private final List<Object[]> counts = new ArrayList<>();

    DegreeTask(DegreeSource source, Computed read, List<String> keys, MemoryMeter memory) {
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
        return source.edgeTypes().isEmpty() ? null : new CountEdges(keys, lookups);
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        counts.addAll(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() throws StepFailure {
        long rowBytes = MemoryMeter.shellBytes(read.columns().size());
        memory.add(rowBytes * counts.size() * source.edgeTypes().size());
        List<Object[]> rows = new ArrayList<>();
        for (Object[] counted : counts) {
            addRows(counted, rows);
        }
        int id = read.keyColumn();
        rows.sort(Rows.by(id, false).thenComparing(Rows.by(id + 1, false)));
        return new StepTable(new ResultTable(read.columns(), rows, false), false);
    }

    private void addRows(Object[] counted, List<Object[]> rows) {
        String key = keys.get(((Long) counted[0]).intValue());
        Object id = Vertex.of(0, read.intKey(), key).id();
        int lookup = 0;
        for (CountedEdges type : source.edgeTypes()) {
            @Nullable Object[] row = new @Nullable Object[read.columns().size()];
            Arrays.fill(row, 0, read.keyColumn() + 1, id);
            int place = read.keyColumn() + 1;
            row[place++] = type.name();
            boolean out = source.outgoing() && type.leaves();
            row[place++] = out ? counted[1 + lookup++] : source.outgoing() ? (Long) 0L : null;
            boolean in = source.incoming() && type.comes();
            row[place] = in ? counted[1 + lookup++] : source.incoming() ? (Long) 0L : null;
            rows.add(row);
        }
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
