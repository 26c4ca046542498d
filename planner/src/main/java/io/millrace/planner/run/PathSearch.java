package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.run.PathGraph.Link;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tries paths of a pattern from one of its vertices on, first all to the right and then all to the left, depth first in
 * the order of ids. A path uses an edge once; vertices may come again. Where no path can lead to the ends any more, none
 * is tried further.
 */
final class PathSearch {
    private static final int UNBOUND = -1;

    private final Pattern pattern;
    private final PatternWalk walk;
    private final PathGraph graph;
    private final int start;
    private final List<PatternLeg> legs = new ArrayList<>();
    private final int rightLegs;
    private final PathLengths right;
    private final PathLengths left;
    private final long triesMax;
    private final int[] vertices;
    private final List<List<Link>> taken = new ArrayList<>();
    private final int[] used;
    private int length;
    private int lengthMax;
    private long tries;
    private boolean bounded;
    private Visitor visitor = search -> false;

    /** Takes a path, which is what the search stands on, and returns whether the search goes on. */
    interface Visitor {
        boolean visit(PathSearch search) throws StepFailure;
    }

    /** @param triesMax edges that all searches together may try */
    PathSearch(PatternWalk walk, int start, long triesMax, MemoryMeter memory) throws StepFailure {
        this.walk = walk;
        this.start = start;
        this.triesMax = triesMax;
        pattern = walk.pattern();
        graph = walk.graph();
        List<PatternLeg> toRight = PatternLeg.rightOf(pattern, start);
        List<PatternLeg> toLeft = PatternLeg.leftOf(pattern, start);
        legs.addAll(toRight);
        legs.addAll(toLeft);
        rightLegs = toRight.size();
        right = new PathLengths(walk, toRight, memory);
        left = new PathLengths(walk, toLeft, memory);
        vertices = new int[pattern.vertices().size()];
        used = new int[pattern.edges().stream().mapToInt(PatternEdge::most).sum()];
        pattern.edges().forEach(edge -> taken.add(new ArrayList<>()));
    }

    /** Returns how many edges a path through {@code vertex} has at least; {@link PathLengths#NEVER} where none can be. */
    int lengthFrom(int vertex) {
        return Math.min(PathLengths.NEVER, right.from(vertex) + left.from(vertex));
    }

    /** Returns how many edges a path can have. */
    int lengthMax() {
        return used.length;
    }

    /**
     * Visits the paths whose vertex at the start of the search is {@code vertex}.
     *
     * @param most edges that they may have
     */
    void from(int vertex, int most, Visitor newVisitor) throws StepFailure {
        if (bounded || lengthFrom(vertex) > most) {
            return;
        }
        visitor = newVisitor;
        lengthMax = most;
        length = 0;
        Arrays.fill(vertices, UNBOUND);
        vertices[pattern.first(start)] = vertex;
        var unused = leg(0);
    }

    /** Returns the vertex of the path at hand that stands at a place of the pattern. */
    int vertex(int place) {
        return vertices[pattern.first(place)];
    }

    /** Returns the edges of the path at hand that are those of a relationship, from where the search began on. */
    List<Link> edges(int relationship) {
        return taken.get(relationship);
    }

    /** Returns whether so many edges were tried that paths may be missing. */
    boolean bounded() {
        return bounded;
    }

    /** Begins a leg, or visits the path where there is none left; returns whether to go on. */
    private boolean leg(int leg) throws StepFailure {
        if (leg == legs.size()) {
            return visitor.visit(this);
        }
        int from = vertex(legs.get(leg).from());
        return walk(leg, from, relationship(leg).any().equals(Predicate.ALWAYS));
    }

    private PatternEdge relationship(int leg) {
        return pattern.edges().get(legs.get(leg).relationship());
    }

    /** @param any whether some edge of the leg has satisfied what one must */
    private boolean walk(int leg, int at, boolean any) throws StepFailure {
        PatternEdge relationship = relationship(leg);
        List<Link> gone = taken.get(legs.get(leg).relationship());
        if (any && gone.size() >= relationship.least() && !arrive(leg, at)) {
            return false;
        }
        if (gone.size() == relationship.most()) {
            return true;
        }
        for (Link link : graph.links(legs.get(leg).relationship(), legs.get(leg).right(), at)) {
            if (isUsed(link.edge()) || length + 1 + lengthBehind(leg, gone.size() + 1, link.to()) > lengthMax) {
                continue;
            }
            if (tries++ >= triesMax) {
                bounded = true;
                return false;
            }
            used[length++] = link.edge();
            gone.add(link);
            boolean goOn = walk(leg, link.to(), any || link.any());
            gone.remove(gone.size() - 1);
            length--;
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private int lengthBehind(int leg, int gone, int vertex) {
        if (leg >= rightLegs) {
            return left.from(leg - rightLegs, gone, vertex);
        }
        return right.from(leg, gone, vertex) + left.from(vertex(start));
    }

    private boolean isUsed(int edge) {
        for (int i = 0; i < length; i++) {
            if (used[i] == edge) {
                return true;
            }
        }
        return false;
    }

    /** Ends the leg at a vertex if its place can have it, and goes on behind; returns whether to go on. */
    private boolean arrive(int leg, int at) throws StepFailure {
        int place = legs.get(leg).to();
        int slot = pattern.first(place);
        if (!walk.bound(place).contains(at) || (vertices[slot] != UNBOUND && vertices[slot] != at)) {
            return true;
        }
        boolean fresh = vertices[slot] == UNBOUND;
        vertices[slot] = at;
        boolean goOn = leg(leg + 1);
        if (fresh) {
            vertices[slot] = UNBOUND;
        }
        return goOn;
    }
}
