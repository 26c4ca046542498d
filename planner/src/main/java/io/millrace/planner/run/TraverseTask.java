package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks the graph: one round a hop, in which every vertex that is new to any start is expanded once, then rounds that
 * fetch fields of starts and of vertices. Each start then walks the edges that have come in, in memory.
 */
final class TraverseTask implements ShardTask {
    private final GraphTraverse step;
    private final List<WalkStart> starts;
    private final MemoryMeter memory;
    private final Adjacency adjacency;
    private final Deque<Fetch> fetches = new ArrayDeque<>();
    private final Map<Vertex, Object[]> startRows = new HashMap<>();
    private final Map<Vertex, Object[]> vertexRows = new HashMap<>();
    private boolean bounded;
    private @Nullable Fetch fetching;
    private @Nullable Walk walk;

    /** @param inputBounded whether starts are missing by a bound that nobody asked for */
    TraverseTask(
            GraphTraverse step, List<WalkStart> starts, boolean inputBounded, RunLimits limits, MemoryMeter memory) {
        this.step = step;
        this.starts = starts;
        this.memory = memory;
        bounded = inputBounded;
        adjacency = new Adjacency(step, limits);
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        if (starts.isEmpty()) {
            return null;
        }
        TreeSet<Vertex> first = new TreeSet<>();
        starts.forEach(start -> first.add(start.vertex()));
        FragmentOperation expand = step.hops().isEmpty() ? null : adjacency.expand(first);
        return expand != null ? expand : next();
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        Fetch fetch = fetching;
        if (fetch == null) {
            adjacency.add(partial);
            return;
        }
        for (Object[] row : partial.rows()) {
            fetch.target.put(new Vertex(fetch.collection, row[0]), row);
        }
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        if (fetching == null) {
            FragmentOperation expand = adjacency.next();
            if (expand != null) {
                return expand;
            }
            planFetches();
        }
        fetching = fetches.poll();
        return fetching == null ? null : fetching.operation;
    }

    private void planFetches() throws StepFailure {
        if (!step.startFields().isEmpty()) {
            List<String> keys =
                    starts.stream().map(start -> start.vertex().key()).toList();
            fetches.add(fetch(0, keys, step.startFields(), startRows));
        }
        if (step.vertexFields().isEmpty()) {
            return;
        }
        Map<Integer, List<String>> reached = walked().reachedByCollection();
        for (int i = 0; i < step.collections().size(); i++) {
            Vertices vertices = step.collections().get(i);
            List<String> keys = reached.getOrDefault(i, List.of());
            if (!vertices.fields().isEmpty() && !keys.isEmpty()) {
                fetches.add(fetch(i, keys, vertices.fields(), vertexRows));
            }
        }
    }

    private Fetch fetch(int collection, List<String> keys, List<String> columns, Map<Vertex, Object[]> target) {
        long id = step.collections().get(collection).collectionId();
        return new Fetch(collection, new FetchDocuments(id, keys, columns), target);
    }

    private Walk walked() throws StepFailure {
        Walk done = walk;
        if (done == null) {
            done = new Walk(step, starts, adjacency, memory);
            walk = done;
        }
        return done;
    }

    @Override
    public StepTable finish() throws StepFailure {
        Walk done = walked();
        boolean cut = adjacency.bounded() || done.truncated();
        if (step.count()
                && (adjacency.bounded() || (done.truncated() && !step.limit().asked()))) {
            throw new StepFailure(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the walk reached a bound after " + adjacency.expanded()
                            + " vertices, so that its counts would be wrong");
        }
        bounded |= adjacency.bounded() || (done.truncated() && !step.limit().asked());
        return new StepTable(done.table(startRows, vertexRows, cut), bounded);
    }

    @Override
    public boolean canMissShards() {
        return !step.count();
    }

    @Override
    public Measures measures() {
        return Measures.walked(adjacency.hops(), adjacency.expanded());
    }

    /** A round that reads fields. */
    private record Fetch(int collection, FragmentOperation operation, Map<Vertex, Object[]> target) {}

    /**
     * A vertex where a walk starts.
     *
     * @param columns of the start in the result
     */
    record WalkStart(Vertex vertex, Object[] columns) {}
}
