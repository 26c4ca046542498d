package io.millrace.planner.run;

import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds which vertices some path of a pattern has at one place, and the length of the shortest such path. Paths are not
 * enumerated: for each vertex shorter ones are tried first, up to the first that there is. Nor are any tried where it is
 * enough which vertices are reached. What was found is known once
 * there is no further question.
 */
final class AnchorSearch implements Inquiry {
    private final int anchor;
    private final boolean fromAnchor;
    private final RunLimits limits;
    private final MemoryMeter memory;
    private final PatternWalk walk;
    private final SortedMap<Vertex, Integer> anchors = new TreeMap<>();
    private boolean bounded;

    private AnchorSearch(int anchor, boolean fromAnchor, PatternWalk walk, RunLimits limits, MemoryMeter memory) {
        this.anchor = anchor;
        this.fromAnchor = fromAnchor;
        this.limits = limits;
        this.memory = memory;
        this.walk = walk;
    }

    /** Returns a search for all vertices at the place. */
    static AnchorSearch all(Pattern pattern, int anchor, RunLimits limits, MemoryMeter memory) {
        int start = PatternWalk.startPlace(pattern);
        PatternWalk walk = WalkReach.suffices(pattern, start, anchor)
                ? PatternWalk.reaching(pattern, start, false, limits, memory)
                : new PatternWalk(pattern, start, columns(pattern), limits, memory);
        return new AnchorSearch(anchor, false, walk, limits, memory);
    }

    private static List<List<String>> columns(Pattern pattern) {
        return pattern.edges().stream()
                .map(edge -> List.copyOf(edge.any().fields()))
                .toList();
    }

    /** Returns a search among the vertices of these canonical keys. */
    static AnchorSearch among(Pattern pattern, int anchor, List<String> keys, RunLimits limits, MemoryMeter memory) {
        List<PatternVertex> vertices = new ArrayList<>(pattern.vertices());
        PatternVertex vertex = vertices.get(anchor);
        List<Label> labels =
                vertex.labels().stream().map(label -> among(label, keys)).toList();
        vertices.set(anchor, new PatternVertex(vertex.alias(), labels));
        Pattern narrowed = new Pattern(pattern.collections(), vertices, pattern.edges(), pattern.touching());
        PatternWalk walk =
                WalkReach.suffices(narrowed, anchor, narrowed.vertices().size() - 1 - anchor)
                        ? PatternWalk.reaching(narrowed, anchor, true, limits, memory)
                        : new PatternWalk(narrowed, anchor, columns(narrowed), limits, memory);
        return new AnchorSearch(anchor, true, walk, limits, memory);
    }

    private static Label among(Label label, List<String> keys) {
        Set<String> left = new TreeSet<>(keys);
        List<String> before = label.keys();
        if (before != null) {
            left.retainAll(new HashSet<>(before));
        }
        return new Label(label.collection(), label.filter(), List.copyOf(left));
    }

    @Override
    public NodeKind part() {
        return NodeKind.MATCH_TRAVERSAL;
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return next();
    }

    @Override
    public void add(PartialResult.Rows rows) throws StepFailure {
        walk.add(rows);
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        FragmentOperation question = walk.next();
        if (question == null) {
            search();
        }
        return question;
    }

    private void search() throws StepFailure {
        if (walk.isReaching()) {
            Map<Integer, Integer> lengths = fromAnchor ? walk.lengthsFrom(anchor) : walk.lengthsTo(anchor);
            lengths.forEach((vertex, length) -> anchors.put(walk.graph().vertex(vertex), length));
            bounded = walk.bounded();
        } else {
            tryPaths();
        }
    }

    private void tryPaths() throws StepFailure {
        PathGraph graph = walk.graph();
        graph.sort(false);
        PathSearch search = new PathSearch(walk, anchor, limits.neighboursMax(), memory);
        for (int vertex : walk.bound(anchor)) {
            int least = search.lengthFrom(vertex);
            for (int most = least; most <= search.lengthMax() && !search.bounded(); most++) {
                boolean[] found = {false};
                search.from(vertex, most, path -> {
                    found[0] = true;
                    return false;
                });
                if (found[0]) {
                    memory.add(MemoryMeter.shellBytes(4));
                    anchors.put(graph.vertex(vertex), most);
                    break;
                }
            }
        }
        bounded = search.bounded() || walk.bounded();
    }

    /** Returns the vertices at the place, with the number of edges of the shortest path. */
    SortedMap<Vertex, Integer> anchors() {
        return anchors;
    }

    /** Returns whether a bound was reached, so that anchors may be missing. */
    boolean bounded() {
        return bounded;
    }

    /** Returns how often shards were asked for edges: the hops. */
    int rounds() {
        return walk.rounds();
    }

    /** Returns how many vertices were asked for their edges. */
    int expanded() {
        return walk.expanded();
    }
}
