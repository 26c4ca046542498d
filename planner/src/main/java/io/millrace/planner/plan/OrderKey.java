package io.millrace.planner.plan;

/** Orders rows by the column at a place; a missing value comes last either way. */
public record OrderKey(int column, boolean descending) {}
