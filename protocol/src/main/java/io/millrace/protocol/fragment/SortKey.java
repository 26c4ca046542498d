package io.millrace.protocol.fragment;

/** Orders rows by a column; a missing value comes last either way, and the id ascending decides ties. */
public record SortKey(String column, boolean descending) {}
