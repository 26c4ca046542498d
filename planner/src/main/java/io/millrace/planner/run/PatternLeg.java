package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * A relationship of a pattern as a search from some vertex of it takes it.
 *
 * @param right whether it is taken from left to right
 */
record PatternLeg(int relationship, boolean right) {
    int from() {
        return right ? relationship : relationship + 1;
    }

    int to() {
        return right ? relationship + 1 : relationship;
    }

    /** Returns those to the right of a vertex, the nearest first. */
    static List<PatternLeg> rightOf(Pattern pattern, int vertex) {
        List<PatternLeg> legs = new ArrayList<>();
        for (int i = vertex; i < pattern.edges().size(); i++) {
            legs.add(new PatternLeg(i, true));
        }
        return legs;
    }

    /** Returns those to the left of a vertex, the nearest first. */
    static List<PatternLeg> leftOf(Pattern pattern, int vertex) {
        List<PatternLeg> legs = new ArrayList<>();
        for (int i = vertex - 1; i >= 0; i--) {
            legs.add(new PatternLeg(i, false));
        }
        return legs;
    }
}
