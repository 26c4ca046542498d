package io.millrace.planner.run;

import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.planner.run.TraverseTask.WalkStart;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What each start reaches: breadth first, every vertex once at its smallest depth, without the start itself, in the order
 * of depth and then of id.
 */
final class Walk {
    private final GraphTraverse step;
    private final Adjacency adjacency;
    private final MemoryMeter memory;
    private final List<Found> found = new ArrayList<>();

    /** Of vertices: by which walk they were reached last, and then by which type of edges, and their order. */
    private final int[] reachedBy;

    private final int[] reachedAlong;
    private final int[] ranks;
    private int walks;
    private boolean truncated;

    Walk(GraphTraverse step, List<WalkStart> starts, Adjacency adjacency, MemoryMeter memory) throws StepFailure {
        this.step = step;
        this.adjacency = adjacency;
        this.memory = memory;
        int[] startNumbers = starts.stream()
                .mapToInt(start -> adjacency.number(start.vertex()))
                .toArray();
        reachedBy = new int[adjacency.vertexCount()];
        reachedAlong = new int[adjacency.vertexCount()];
        ranks = step.count() ? new int[0] : adjacency.ranks();
        for (int i = 0; i < startNumbers.length; i++) {
            if (found.size() >= step.limit().rows()) {
                truncated |= step.count() || adjacency.of(startNumbers[i]).size() > 0;
            } else {
                walk(starts.get(i), startNumbers[i]);
            }
        }
    }

    boolean truncated() {
        return truncated;
    }

    private void walk(WalkStart start, int startNumber) throws StepFailure {
        walks++;
        reachedBy[startNumber] = walks;
        int[] level = {startNumber};
        long count = 0;
        for (int depth = 1; depth <= step.depth() && level.length > 0; depth++) {
            level = nextLevel(level);
            count += level.length;
            if (!step.count()) {
                level = inOrder(level);
                keep(start, depth, level);
            }
        }
        if (step.count()) {
            add(new Found(start, null, count, null));
        }
    }

    /** Returns what is reached first from the vertices of a level, along the type of edges whose name is least. */
    private int[] nextLevel(int[] level) {
        IntList next = new IntList();
        int here = walks;
        for (int vertex : level) {
            Adjacency.Links links = adjacency.of(vertex);
            for (int i = 0; i < links.size(); i++) {
                int neighbour = links.neighbour(i);
                if (reachedBy[neighbour] == here) {
                    continue;
                }
                if (reachedBy[neighbour] != -here) {
                    reachedBy[neighbour] = -here;
                    reachedAlong[neighbour] = links.type(i);
                    next.add(neighbour);
                } else {
                    reachedAlong[neighbour] = Math.min(reachedAlong[neighbour], links.type(i));
                }
            }
        }
        int[] reached = next.toArray();
        for (int vertex : reached) {
            reachedBy[vertex] = here; // Until now the sign told that the level is not over.
        }
        return reached;
    }

    private int[] inOrder(int[] level) {
        long[] sorted = Arrays.stream(level)
                .mapToLong(vertex -> (long) ranks[vertex] << Integer.SIZE | vertex)
                .sorted()
                .toArray();
        return Arrays.stream(sorted).mapToInt(each -> (int) each).toArray();
    }

    private void keep(WalkStart start, int depth, int[] reached) throws StepFailure {
        for (int vertex : reached) {
            if (found.size() >= step.limit().rows()) {
                truncated = true;
                return;
            }
            add(new Found(start, adjacency.vertex(vertex), depth, adjacency.edgeType(reachedAlong[vertex])));
        }
    }

    private void add(Found each) throws StepFailure {
        memory.add(MemoryMeter.shellBytes(step.columns().size()));
        found.add(each);
    }

    /** Returns the canonical keys of all reached vertices by the place of their collection, in order. */
    Map<Integer, List<String>> reachedByCollection() {
        TreeSet<Vertex> distinct = new TreeSet<>();
        found.stream().map(Found::vertex).filter(vertex -> vertex != null).forEach(distinct::add);
        Map<Integer, List<String>> keys = new LinkedHashMap<>();
        distinct.forEach(vertex -> keys.computeIfAbsent(vertex.collection(), place -> new ArrayList<>())
                .add(vertex.key()));
        return keys;
    }

    /** @param startRows and {@code vertexRows}: the key and the fetched fields; a vertex may have no row */
    ResultTable table(Map<Vertex, Object[]> startRows, Map<Vertex, Object[]> vertexRows, boolean cut) {
        List<Object[]> rows = new ArrayList<>(found.size());
        for (Found each : found) {
            rows.add(row(each, startRows, vertexRows));
        }
        return new ResultTable(step.columns(), rows, cut);
    }

    private @Nullable Object[] row(Found each, Map<Vertex, Object[]> startRows, Map<Vertex, Object[]> vertexRows) {
        Object[] columns = each.start().columns();
        @Nullable Object[] row = Arrays.copyOf(columns, step.columns().size());
        int place = columns.length;
        Object[] startRow = startRows.get(each.start().vertex());
        for (int i = 0; i < step.startFields().size(); i++) {
            row[place++] = startRow == null ? null : startRow[i + 1];
        }
        Vertex vertex = each.vertex();
        if (vertex == null) {
            row[place] = each.number();
            return row;
        }
        boolean asText = step.columns().get(place).type() == ValueType.STRING;
        row[place++] = asText ? vertex.key() : vertex.id();
        row[place++] = each.number();
        row[place++] = each.edgeType();
        Vertices vertices = step.collections().get(vertex.collection());
        Object[] vertexRow = vertexRows.get(vertex);
        for (String field : step.vertexFields()) {
            int own = vertices.fields().indexOf(field);
            row[place++] = vertexRow == null || own < 0 ? null : vertexRow[own + 1];
        }
        return row;
    }

    /**
     * A row of the result.
     *
     * @param vertex null for a count
     * @param number the depth, or the count
     */
    private record Found(
            WalkStart start,
            @Nullable Vertex vertex,
            long number,
            @Nullable String edgeType) {}
}
