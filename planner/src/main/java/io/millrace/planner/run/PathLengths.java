package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.run.PathGraph.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How many edges a path needs from some vertex to one end of the pattern, at least: the least of all walks, which may use
 * an edge twice, so that no path is shorter.
 */
final class PathLengths {
    /** Longer than any path. */
    static final int NEVER = 127;

    private final PathGraph graph;
    private final PatternWalk walk;
    private final List<PatternLeg> legs;
    /** By leg and by edges that are left to go along it: for each vertex the edges to the end of the pattern. */
    private final List<byte[][]> lengths = new ArrayList<>();

    /** @param legs all from one vertex of the pattern to one of its ends */
    PathLengths(PatternWalk walk, List<PatternLeg> legs, MemoryMeter memory) throws StepFailure {
        this.walk = walk;
        this.legs = legs;
        graph = walk.graph();
        byte[] behind = new byte[graph.vertexCount()];
        for (int i = legs.size() - 1; i >= 0; i--) {
            PatternEdge relationship = relationship(i);
            memory.add((long) graph.vertexCount() * (relationship.most() + 1));
            byte[][] ofLeg = along(legs.get(i), relationship.most(), behind);
            lengths.add(ofLeg);
            behind = least(ofLeg, relationship);
        }
        Collections.reverse(lengths);
    }

    private PatternEdge relationship(int leg) {
        return walk.pattern().edges().get(legs.get(leg).relationship());
    }

    /** @param behind for each vertex at the end of the leg the edges from there on */
    private byte[][] along(PatternLeg leg, int most, byte[] behind) {
        byte[][] ofLeg = new byte[most + 1][];
        byte[] none = new byte[graph.vertexCount()];
        Arrays.fill(none, (byte) NEVER);
        for (int vertex : walk.bound(leg.to())) {
            none[vertex] = behind[vertex];
        }
        ofLeg[0] = none;
        for (int left = 1; left <= most; left++) {
            byte[] lengthsHere = new byte[graph.vertexCount()];
            for (int vertex = 0; vertex < lengthsHere.length; vertex++) {
                int least = NEVER;
                for (Link link : graph.links(leg.relationship(), leg.right(), vertex)) {
                    least = Math.min(least, 1 + ofLeg[left - 1][link.to()]);
                }
                lengthsHere[vertex] = (byte) least;
            }
            ofLeg[left] = lengthsHere;
        }
        return ofLeg;
    }

    private static byte[] least(byte[][] ofLeg, PatternEdge relationship) {
        byte[] least = ofLeg[relationship.least()].clone();
        for (int left = relationship.least() + 1; left <= relationship.most(); left++) {
            for (int vertex = 0; vertex < least.length; vertex++) {
                least[vertex] = (byte) Math.min(least[vertex], ofLeg[left][vertex]);
            }
        }
        return least;
    }

    /** Returns the edges from a vertex where the first leg begins; {@link #NEVER} where no path leads on. */
    int from(int vertex) {
        return legs.isEmpty() ? 0 : from(0, 0, vertex);
    }

    /** Returns the edges from a vertex at which a path is that has gone along a leg so far. */
    int from(int leg, int gone, int vertex) {
        PatternEdge relationship = relationship(leg);
        int least = NEVER;
        for (int left = Math.max(0, relationship.least() - gone); left <= relationship.most() - gone; left++) {
            least = Math.min(least, lengths.get(leg)[left][vertex]);
        }
        return least;
    }
}
