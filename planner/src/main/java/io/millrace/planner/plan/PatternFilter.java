package io.millrace.planner.plan;

/**
 * Keeps the rows that a pattern binds, or all others.
 *
 * @param anchor place of the rows in {@code pattern}
 */
public record PatternFilter(Pattern pattern, int anchor, boolean negated) {}
