package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the part of the graph that paths of a pattern can be in: from the vertex whose rows are fewest hop by hop to
 * both ends. Vertices that their row rules out are not walked on from.
 */
final class PatternWalk {
    private final Pattern pattern;
    private final RunLimits limits;
    private final MemoryMeter memory;
    private final PathGraph graph;
    private final Deque<Stage> stages = new ArrayDeque<>();
    private final Deque<Question> questions = new ArrayDeque<>();
    private final Map<Integer, Set<Integer>> bound = new HashMap<>();
    private final List<WalkReach> reaches = new ArrayList<>();
    private @Nullable Question asked;
    private int rounds;
    private int expanded;
    private boolean bounded;

    /** A question, and who takes what comes. */
    record Question(FragmentOperation operation, Taker taker) {}

    /** Takes rows. */
    interface Taker {
        void take(List<Object[]> rows) throws StepFailure;
    }

    /** A part of the walk. */
    interface Stage {
        /** Does what can be done, and returns whether it goes on once the questions that it asked are answered. */
        boolean advance() throws StepFailure;
    }

    /** Walks from the vertex whose rows are fewest. */
    PatternWalk(Pattern pattern, List<List<String>> columns, RunLimits limits, MemoryMeter memory) {
        this(pattern, startPlace(pattern), columns, limits, memory);
    }

    /**
     * @param start the place to walk from
     * @param columns of each relationship what is asked of its edges
     */
    PatternWalk(Pattern pattern, int start, List<List<String>> columns, RunLimits limits, MemoryMeter memory) {
        this(pattern, start, limits, memory);
        for (PatternLeg leg : legs(pattern, start)) {
            stages.add(new WalkHops(this, leg, columns.get(leg.relationship())));
        }
    }

    private PatternWalk(Pattern pattern, int start, RunLimits limits, MemoryMeter memory) {
        this.pattern = pattern;
        this.limits = limits;
        this.memory = memory;
        graph = new PathGraph(pattern);
        stages.add(new WalkStart(this, start));
    }

    /**
     * Returns a walk from one end to the other that keeps no edges: {@link WalkReach#suffices} must hold.
     *
     * @param goesBack whether {@link #lengthsFrom} is to be called, not {@link #lengthsTo}
     */
    static PatternWalk reaching(Pattern pattern, int start, boolean goesBack, RunLimits limits, MemoryMeter memory) {
        PatternWalk walk = new PatternWalk(pattern, start, limits, memory);
        WalkReach last = null;
        for (PatternLeg leg : legs(pattern, start)) {
            last = new WalkReach(walk, leg, last, goesBack);
            walk.reaches.add(last);
            walk.stages.add(last);
        }
        return walk;
    }

    private static List<PatternLeg> legs(Pattern pattern, int start) {
        List<PatternLeg> legs = new ArrayList<>(PatternLeg.rightOf(pattern, start));
        legs.addAll(PatternLeg.leftOf(pattern, start));
        return legs;
    }

    Pattern pattern() {
        return pattern;
    }

    RunLimits limits() {
        return limits;
    }

    PathGraph graph() {
        return graph;
    }

    MemoryMeter memory() {
        return memory;
    }

    @Nullable FragmentOperation start() throws StepFailure {
        return next();
    }

    void add(PartialResult.Rows partial) throws StepFailure {
        bounded |= partial.truncated();
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        Question question = asked;
        if (question != null) {
            question.taker().take(partial.rows());
        }
    }

    @Nullable FragmentOperation next() throws StepFailure {
        while (true) {
            asked = questions.poll();
            if (asked != null) {
                return asked.operation();
            }
            Stage stage = stages.peek();
            if (stage == null) {
                return null;
            }
            if (!stage.advance() && questions.isEmpty()) {
                stages.remove(stage);
            }
        }
    }

    void ask(FragmentOperation operation, Taker taker) {
        questions.add(new Question(operation, taker));
    }

    /** Lets a stage follow the one at hand. */
    void follow(Stage current, Stage next) {
        stages.remove(current);
        stages.addFirst(next);
    }

    /** Notes the vertices of a place; those of another place of the same name are at most these. */
    void bind(int place, Set<Integer> vertices) {
        Set<Integer> left = new TreeSet<>(vertices);
        for (int other = 0; other < pattern.vertices().size(); other++) {
            Set<Integer> before = bound.get(other);
            if (before != null && pattern.first(other) == pattern.first(place)) {
                left.retainAll(before);
            }
        }
        for (int other = 0; other < pattern.vertices().size(); other++) {
            if (other == place || (bound.containsKey(other) && pattern.first(other) == pattern.first(place))) {
                bound.put(other, left);
            }
        }
        if (left.isEmpty()) {
            stages.clear();
        }
    }

    /** Returns the vertices of a place that paths may have; none where the walk has not come so far. */
    Set<Integer> bound(int place) {
        return bound.getOrDefault(place, Set.of());
    }

    /** Returns how many of so many vertices may still be expanded, and counts them. */
    int expand(int wanted) {
        int allowed = Math.min(wanted, limits.frontierMax() - expanded);
        bounded |= allowed < wanted;
        expanded += allowed;
        rounds += allowed > 0 ? 1 : 0;
        return allowed;
    }

    /**
     * Returns the first of so many vertices that may still be expanded, and counts them. Which those are does not depend on
     * the order in which they came.
     */
    List<Integer> firstOf(List<Integer> wanted) {
        int allowed = expand(wanted.size());
        return allowed == wanted.size()
                ? wanted
                : wanted.stream()
                        .sorted(Comparator.comparing(graph::vertex))
                        .limit(allowed)
                        .toList();
    }

    /** Returns whether no edges are kept, but what is reached. */
    boolean isReaching() {
        return !reaches.isEmpty();
    }

    /** Returns the vertices at the end of the walk, each with the number of edges of the shortest path. */
    Map<Integer, Integer> lengthsTo(int end) {
        WalkReach last = reaches.get(reaches.size() - 1);
        Map<Integer, Integer> lengths = new HashMap<>();
        bound(end).forEach(vertex -> lengths.put(vertex, last.lengthTo(vertex)));
        return lengths;
    }

    /** Returns the vertices at its start from which its end is reached, each with the number of edges of the shortest path. */
    Map<Integer, Integer> lengthsFrom(int start) {
        Map<Integer, Integer> lengths = new HashMap<>();
        for (int vertex : bound(pattern.vertices().size() - 1 - start)) {
            lengths.put(vertex, 0);
        }
        for (int i = reaches.size() - 1; i >= 0; i--) {
            WalkReach reach = reaches.get(i);
            lengths = reach.back(lengths);
            lengths.keySet().retainAll(bound(reach.leg().from()));
        }
        return lengths;
    }

    /** Returns whether a bound was reached, so that paths may be missing. */
    boolean bounded() {
        return bounded;
    }

    /** Returns how often the shards were asked for edges. */
    int rounds() {
        return rounds;
    }

    int expanded() {
        return expanded;
    }

    /** Returns the vertex with the fewest keys, else the first whose rows are filtered, else the leftmost. */
    static int startPlace(Pattern pattern) {
        int best = 0;
        for (int place = 1; place < pattern.vertices().size(); place++) {
            if (cost(pattern, place) < cost(pattern, best)) {
                best = place;
            }
        }
        return best;
    }

    private static long cost(Pattern pattern, int place) {
        PatternVertex vertex = pattern.vertices().get(place);
        long keys = 0;
        boolean filtered = true;
        for (Label label : vertex.labels()) {
            List<String> given = label.keys();
            keys = given == null || keys < 0 ? -1 : keys + given.size();
            filtered &= RowTest.needsRow(label);
        }
        return keys >= 0 ? keys : filtered ? Long.MAX_VALUE - 1 : Long.MAX_VALUE;
    }
}
