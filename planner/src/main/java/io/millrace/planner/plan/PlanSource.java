package io.millrace.planner.plan;

import io.millrace.protocol.Problem;
import java.util.Locale;

/** Where a plan came from. The order is part of the binary form: append only. */
public enum PlanSource {
    /** It stands in the request, or was made of its statement. */
    REQUEST,
    /** It stands in the request and is kept for the question beside it. */
    STORED,
    /** It was kept for the same question. */
    CACHE,
    /** It was generated for the question. */
    GENERATED;

    /** Where the problems of a plan are, as the parser says it. */
    private static final String PLAN = "$.plan";

    /** Returns how it is shown. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns a problem of a plan from here so that its reader does not look for it in the request: where the request has no
     * plan, path and message name the other one.
     */
    public Problem mark(Problem problem) {
        return switch (this) {
            case REQUEST, STORED -> problem;
            case CACHE -> marked("cached", problem);
            case GENERATED -> marked("generated", problem);
        };
    }

    private static Problem marked(String origin, Problem problem) {
        String path = problem.path();
        return new Problem(
                problem.code(),
                origin + " plan: " + problem.message(),
                path != null && path.startsWith(PLAN) ? "$." + origin + "_plan" + path.substring(PLAN.length()) : path,
                problem.detail(),
                problem.hint(),
                problem.allowed(),
                problem.nearest());
    }
}
