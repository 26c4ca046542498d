package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks along one relationship of the pattern where it is enough to know which vertices are reached, and by how many edges
 * at least: a round of questions a hop. Of edges at most their ends are kept, to go back.
 */
final class WalkReach implements PatternWalk.Stage {
    private final PatternWalk walk;
    private final PatternLeg leg;
    private final PatternEdge relationship;
    private final List<Hop> hops;
    private final @Nullable WalkReach before;
    private final Map<Integer, Integer> lengths = new HashMap<>();
    private final Set<Integer> expanded = new HashSet<>();
    private final @Nullable Ends ends;
    private @Nullable Collection<Integer> level;
    private List<Integer> next = new ArrayList<>();
    private List<Integer> frontier = List.of();
    private int hop;
    private boolean asked;

    /** Of the edges that came, where they come from, by the vertex they lead to. */
    private static final class Ends {
        private final Map<Integer, IntList> sources = new HashMap<>();

        void add(int from, int to) {
            sources.computeIfAbsent(to, vertex -> new IntList()).add(from);
        }
    }

    /**
     * @param before the walk along the relationship before this one; null for the first
     * @param goesBack whether {@link #back} is to be called
     */
    WalkReach(PatternWalk walk, PatternLeg leg, @Nullable WalkReach before, boolean goesBack) {
        this.walk = walk;
        ends = goesBack ? new Ends() : null;
        this.leg = leg;
        this.before = before;
        relationship = walk.pattern().edges().get(leg.relationship());
        hops = WalkHops.hops(relationship, leg.right());
    }

    /**
     * Returns whether from one end of a pattern to the other all that matters is which vertices are reached: where no path
     * is ruled out by an edge that it would use twice, or by a vertex that it has at two places.
     */
    static boolean suffices(Pattern pattern, int start, int end) {
        int last = pattern.vertices().size() - 1;
        boolean isOver = last > 0 && Math.min(start, end) == 0 && Math.max(start, end) == last;
        Set<Long> types = new HashSet<>();
        int ranges = 0;
        for (PatternEdge edge : pattern.edges()) {
            ranges += edge.most() > 1 ? 1 : 0;
            isOver &= edge.least() <= 1 && edge.any().equals(Predicate.ALWAYS) && (edge.most() == 1 || isOneWay(edge));
            for (long type : typesOf(edge)) {
                isOver &= types.add(type);
            }
        }
        for (int place = 1; place <= last; place++) {
            isOver &= pattern.first(place) == place;
        }
        // Behind a range, vertices of a level have come by different numbers of edges, so that one more range could not
        // go on level by level.
        return isOver && ranges <= 1;
    }

    private static Set<Long> typesOf(PatternEdge edge) {
        Set<Long> types = new HashSet<>();
        edge.hops().forEach(each -> types.add(each.lookup().edgeTypeId()));
        return types;
    }

    /** Returns whether no edge can be followed there and back. */
    private static boolean isOneWay(PatternEdge edge) {
        Map<Long, Boolean> outgoing = new HashMap<>();
        boolean oneWay = true;
        for (Hop each : edge.hops()) {
            EdgeLookup lookup = each.lookup();
            Boolean known = outgoing.putIfAbsent(lookup.edgeTypeId(), lookup.outgoing());
            oneWay &= known == null || known == lookup.outgoing();
        }
        return oneWay;
    }

    PatternLeg leg() {
        return leg;
    }

    /** Returns how many edges the shortest path to a vertex that was reached has. */
    int lengthTo(int vertex) {
        return lengths.getOrDefault(vertex, PathLengths.NEVER);
    }

    private int lengthFrom(int source) {
        return before == null ? 0 : before.lengthTo(source);
    }

    @Override
    public boolean advance() {
        if (level == null) {
            level = walk.bound(leg.from());
            if (relationship.least() == 0) {
                level.forEach(vertex -> lengths.put(vertex, lengthFrom(vertex)));
            }
        }
        while (true) {
            if (asked) {
                asked = false;
                hop++;
                level = next;
                next = new ArrayList<>();
            }
            if (hop == relationship.most() || level.isEmpty()) {
                walk.follow(this, new WalkCheck(walk, leg.to(), lengths.keySet()));
                return true;
            }
            asked = true;
            if (expand(level)) {
                return true;
            }
        }
    }

    /** Asks for the neighbours of the vertices that have not been expanded, and returns whether there were any. */
    private boolean expand(Collection<Integer> vertices) {
        List<Integer> fresh =
                vertices.stream().filter(vertex -> !expanded.contains(vertex)).toList();
        frontier = walk.firstOf(fresh);
        expanded.addAll(frontier);
        if (frontier.isEmpty()) {
            return false;
        }
        List<FragmentOperation.Vertex> wanted = new ArrayList<>(frontier.size());
        for (int number : frontier) {
            Vertex vertex = walk.graph().vertex(number);
            wanted.add(new FragmentOperation.Vertex(vertex.collection(), vertex.key()));
        }
        List<EdgeLookup> lookups = hops.stream().map(Hop::lookup).toList();
        int neighboursMax = walk.limits().neighboursMax();
        walk.ask(new ExpandVertices(wanted, lookups, relationship.every(), null, neighboursMax), this::take);
        return true;
    }

    private void take(List<Object[]> rows) throws StepFailure {
        for (Object[] row : rows) {
            int from = frontier.get(Math.toIntExact((Long) row[0]));
            int target = hops.get(Math.toIntExact((Long) row[1])).target();
            boolean intKey = walk.pattern().collections().get(target).intKey();
            int to = walk.graph().number(Vertex.of(target, intKey, row[2].toString()));
            if (ends != null) {
                ends.add(from, to);
                walk.memory().add(MemoryMeter.shellBytes(1));
            }
            int length = 1 + (hop == 0 ? lengthFrom(from) : lengthTo(from));
            if (lengths.putIfAbsent(to, length) == null) {
                walk.memory().add(2 * MemoryMeter.shellBytes(2));
                next.add(to);
            } else {
                lengths.merge(to, length, Math::min);
            }
        }
    }

    /**
     * Returns from which vertices at the beginning of the relationship some of those at its end are reached.
     *
     * @param lengths of vertices at its end: how many edges the shortest path on from there has
     * @return the same of vertices at its beginning
     */
    Map<Integer, Integer> back(Map<Integer, Integer> lengths) {
        Map<Integer, Integer> found = relationship.least() == 0 ? new HashMap<>(lengths) : new HashMap<>();
        Map<Integer, Integer> last = lengths;
        for (int count = 1; count <= relationship.most() && !last.isEmpty(); count++) {
            Map<Integer, Integer> fresh = new HashMap<>();
            last.forEach((vertex, length) -> {
                IntList sources = ends == null ? null : ends.sources.get(vertex);
                for (int i = 0; sources != null && i < sources.size(); i++) {
                    if (!found.containsKey(sources.get(i))) {
                        fresh.merge(sources.get(i), length + 1, Math::min);
                    }
                }
            });
            found.putAll(fresh);
            last = fresh;
        }
        return found;
    }
}
