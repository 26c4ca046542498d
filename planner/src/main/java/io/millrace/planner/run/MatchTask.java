package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.EdgeField;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the paths of a pattern: fetches the part of the graph that they can be in, searches it, and reads fields. */
final class MatchTask implements ShardTask {
    private final GraphMatch step;
    private final Pattern pattern;
    private final RunLimits limits;
    private final MemoryMeter memory;
    private final PatternWalk walk;
    private final List<List<String>> columns = new ArrayList<>();
    /** By collection the fields that are read of its rows. */
    private final Map<Integer, Set<String>> fields = new TreeMap<>();

    private final Deque<Fetch> fetches = new ArrayDeque<>();
    private final Map<Vertex, Map<String, Object>> rows = new HashMap<>();
    private @Nullable Fetch fetching;
    private @Nullable FoundPaths found;

    /** A round that reads fields. */
    private record Fetch(int collection, FetchDocuments operation) {}

    MatchTask(GraphMatch step, RunLimits limits, MemoryMeter memory) {
        this.step = step;
        this.limits = limits;
        this.memory = memory;
        pattern = step.pattern();
        for (int i = 0; i < pattern.edges().size(); i++) {
            columns.add(List.copyOf(columns(i)));
        }
        walk = new PatternWalk(pattern, columns, limits, memory);
    }

    private Set<String> columns(int relationship) {
        Set<String> names =
                new TreeSet<>(pattern.edges().get(relationship).any().fields());
        for (Binding binding : step.output()) {
            if (binding instanceof EdgeField of && of.edge() == relationship) {
                names.add(of.field());
            }
        }
        return names;
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return next();
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        Fetch fetch = fetching;
        if (fetch == null) {
            walk.add(partial);
            return;
        }
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            Map<String, Object> values =
                    rows.computeIfAbsent(new Vertex(fetch.collection, row[0]), each -> new HashMap<>());
            List<String> names = fetch.operation.columns();
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), row[i + 1]);
            }
        }
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        if (found == null) {
            FragmentOperation question = walk.next();
            if (question != null) {
                return question;
            }
            planFetches(search());
        }
        fetching = fetches.poll();
        return fetching == null ? null : fetching.operation;
    }

    private FoundPaths search() throws StepFailure {
        FoundPaths done = found;
        if (done == null) {
            done = new FoundPaths(walk, step.limit().rows(), limits.neighboursMax(), memory);
            found = done;
        }
        return done;
    }

    private void planFetches(FoundPaths paths) {
        Map<Integer, Set<Vertex>> wanted = new TreeMap<>();
        for (Binding binding : step.output()) {
            if (binding instanceof VertexField of) {
                for (FoundPaths.Path path : paths.paths()) {
                    Vertex vertex = walk.graph().vertex(path.vertices()[of.vertex()]);
                    wanted.computeIfAbsent(vertex.collection(), each -> new TreeSet<>())
                            .add(vertex);
                    fields.computeIfAbsent(vertex.collection(), each -> new LinkedHashSet<>())
                            .add(of.field());
                }
            }
        }
        wanted.forEach((collection, vertices) -> {
            long id = pattern.collections().get(collection).collectionId();
            List<String> keys = vertices.stream().map(Vertex::key).toList();
            List<String> names = List.copyOf(fields.getOrDefault(collection, Set.of()));
            fetches.add(new Fetch(collection, new FetchDocuments(id, keys, names)));
        });
    }

    @Override
    public StepTable finish() throws StepFailure {
        FoundPaths paths = search();
        boolean missing = walk.bounded() || paths.bounded();
        List<Object[]> table = new ArrayList<>(paths.paths().size());
        for (FoundPaths.Path path : paths.paths()) {
            memory.add(MemoryMeter.shellBytes(step.output().size()));
            table.add(row(path));
        }
        boolean cut = missing || paths.truncated();
        return new StepTable(
                new ResultTable(step.columns(), table, cut),
                missing || (paths.truncated() && !step.limit().asked()));
    }

    private @Nullable Object[] row(FoundPaths.Path path) {
        @Nullable Object[] row = new @Nullable Object[step.output().size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = value(path, step.output().get(i), step.columns().get(i).type());
        }
        return row;
    }

    private @Nullable Object value(FoundPaths.Path path, Binding binding, ValueType type) {
        if (binding instanceof VertexKey of) {
            Vertex vertex = walk.graph().vertex(path.vertices()[of.vertex()]);
            return type == ValueType.STRING ? vertex.key() : vertex.id();
        }
        if (binding instanceof VertexField of) {
            Vertex vertex = walk.graph().vertex(path.vertices()[of.vertex()]);
            return rows.getOrDefault(vertex, Map.of()).get(of.field());
        }
        if (binding instanceof EdgeTypeName of) {
            return walk.graph().edge(path.edge(of.edge())).type();
        }
        EdgeField of = (EdgeField) binding;
        return path.values(of.edge())[columns.get(of.edge()).indexOf(of.field())];
    }

    @Override
    public boolean canMissShards() {
        return true;
    }

    @Override
    public Measures measures() {
        return Measures.walked(walk.rounds(), walk.expanded());
    }
}
