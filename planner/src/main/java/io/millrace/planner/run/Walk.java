package io.millrace.planner.run;

import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.planner.run.TraverseTask.WalkStart;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    private boolean truncated;

    Walk(GraphTraverse step, List<WalkStart> starts, Adjacency adjacency, MemoryMeter memory) throws StepFailure {
        this.step = step;
        this.adjacency = adjacency;
        this.memory = memory;
        for (WalkStart start : starts) {
            if (found.size() >= step.limit().rows()) {
                truncated |= step.count() || !adjacency.of(start.vertex()).isEmpty();
            } else {
                walk(start);
            }
        }
    }

    boolean truncated() {
        return truncated;
    }

    private void walk(WalkStart start) throws StepFailure {
        Set<Vertex> seen = new HashSet<>();
        seen.add(start.vertex());
        List<Vertex> level = List.of(start.vertex());
        long count = 0;
        for (int depth = 1; depth <= step.depth() && !level.isEmpty(); depth++) {
            TreeMap<Vertex, String> next = nextLevel(level, seen);
            count += next.size();
            if (!step.count()) {
                keep(start, depth, next);
            }
            level = List.copyOf(next.keySet());
        }
        if (step.count()) {
            add(new Found(start, null, count, null));
        }
    }

    private TreeMap<Vertex, String> nextLevel(List<Vertex> level, Set<Vertex> seen) {
        TreeMap<Vertex, String> next = new TreeMap<>();
        for (Vertex vertex : level) {
            adjacency.of(vertex).forEach((neighbour, edgeType) -> {
                if (!seen.contains(neighbour)) {
                    next.merge(neighbour, edgeType, (a, b) -> a.compareTo(b) <= 0 ? a : b);
                }
            });
        }
        seen.addAll(next.keySet());
        return next;
    }

    private void keep(WalkStart start, int depth, TreeMap<Vertex, String> reached) throws StepFailure {
        for (Map.Entry<Vertex, String> entry : reached.entrySet()) {
            if (found.size() >= step.limit().rows()) {
                truncated = true;
                return;
            }
            add(new Found(start, entry.getKey(), depth, entry.getValue()));
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
