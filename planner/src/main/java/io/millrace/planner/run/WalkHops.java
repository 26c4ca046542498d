package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Walks along one relationship of the pattern, a round of questions a hop; a vertex is expanded once. */
final class WalkHops implements PatternWalk.Stage {
    /** Columns of the shards' rows ahead of those that were asked for. */
    private static final int FIXED = 4;

    private final PatternWalk walk;
    private final PatternLeg leg;
    private final PatternEdge relationship;
    private final List<Hop> hops;
    private final List<String> columns;
    private final Set<Integer> expanded = new HashSet<>();
    private final Set<Integer> reached = new TreeSet<>();
    private @Nullable Set<Integer> level;
    private List<Vertex> frontier = List.of();
    private int hop;
    private boolean asked;

    WalkHops(PatternWalk walk, PatternLeg leg, List<String> columns) {
        this.walk = walk;
        this.leg = leg;
        this.columns = columns;
        relationship = walk.pattern().edges().get(leg.relationship());
        hops = hops(relationship, leg.right());
    }

    /** Returns the hops of a relationship as they are followed to the right, or to the left. */
    static List<Hop> hops(PatternEdge relationship, boolean right) {
        return right
                ? relationship.hops()
                : relationship.hops().stream().map(WalkHops::turned).toList();
    }

    private static Hop turned(Hop hop) {
        EdgeLookup lookup = hop.lookup();
        return new Hop(
                new EdgeLookup(hop.target(), lookup.edgeTypeId(), !lookup.outgoing()),
                hop.edgeType(),
                lookup.collection());
    }

    @Override
    public boolean advance() {
        Set<Integer> current = level == null ? walk.bound(leg.from()) : level;
        while (true) {
            if (!asked && hop >= relationship.least()) {
                reached.addAll(current);
            }
            if (hop == relationship.most() || current.isEmpty()) {
                walk.follow(this, new WalkCheck(walk, leg.to(), reached));
                return true;
            }
            if (!asked && expand(current)) {
                asked = true;
                level = current;
                return true;
            }
            asked = false;
            hop++;
            current = neighbours(current);
            level = current;
        }
    }

    /** Asks for the edges of the vertices that have not been expanded, and returns whether there were any. */
    private boolean expand(Set<Integer> vertices) {
        TreeSet<Vertex> fresh = new TreeSet<>();
        for (int vertex : vertices) {
            if (!expanded.contains(vertex)) {
                fresh.add(walk.graph().vertex(vertex));
            }
        }
        frontier = fresh.stream().limit(walk.expand(fresh.size())).toList();
        if (frontier.isEmpty()) {
            return false;
        }
        frontier.forEach(vertex -> expanded.add(walk.graph().number(vertex)));
        walk.ask(
                new ExpandEdges(
                        frontier.stream()
                                .map(vertex -> new FragmentOperation.Vertex(vertex.collection(), vertex.key()))
                                .toList(),
                        hops.stream().map(Hop::lookup).toList(),
                        relationship.every(),
                        columns,
                        walk.limits().neighboursMax()),
                this::take);
        return true;
    }

    private void take(List<Object[]> rows) throws StepFailure {
        for (Object[] row : rows) {
            int from = walk.graph().number(frontier.get(Math.toIntExact((Long) row[0])));
            int place = Math.toIntExact((Long) row[1]);
            Hop followed = hops.get(place);
            boolean intKey = walk.pattern().collections().get(followed.target()).intKey();
            int to = walk.graph().number(Vertex.of(followed.target(), intKey, row[2].toString()));
            String id = row[3] == null ? null : row[3].toString();
            @Nullable Object[] values = Arrays.copyOfRange(row, FIXED, row.length);
            boolean right = leg.right();
            boolean isNew = walk.graph()
                    .link(
                            leg.relationship(),
                            right ? from : to,
                            right ? to : from,
                            relationship.hops().get(place),
                            id,
                            any(values),
                            values);
            if (isNew) {
                walk.memory().add(4 * MemoryMeter.shellBytes(values.length + FIXED));
            }
        }
    }

    private boolean any(@Nullable Object[] values) {
        if (relationship.any().equals(Predicate.ALWAYS)) {
            return true;
        }
        Map<String, @Nullable Object> named = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            named.put(columns.get(i), values[i]);
        }
        return PredicateEvaluator.matches(relationship.any(), named::get);
    }

    private Set<Integer> neighbours(Set<Integer> vertices) {
        Set<Integer> next = new TreeSet<>();
        for (int vertex : vertices) {
            walk.graph().links(leg.relationship(), leg.right(), vertex).forEach(link -> next.add(link.to()));
        }
        return next;
    }
}
