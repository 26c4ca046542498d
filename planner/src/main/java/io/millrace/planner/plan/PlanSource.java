package io.millrace.planner.plan;

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

    /** Returns how it is shown. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
