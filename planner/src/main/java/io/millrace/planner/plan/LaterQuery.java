package io.millrace.planner.plan;

/** What a vector search looks for, where that becomes a vector only when the step starts. */
public sealed interface LaterQuery permits Step.TextQuery, RowQuery {
    /** Returns the dimension that the vector must have. */
    int dimension();
}
