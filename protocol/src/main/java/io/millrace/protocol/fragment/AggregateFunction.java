package io.millrace.protocol.fragment;

/** What can be computed over a group. Missing values are left out. The order is part of binary forms: append only. */
public enum AggregateFunction {
    COUNT,
    COUNT_DISTINCT,
    SUM,
    AVG,
    MIN,
    MAX,
    /** The value of the earliest row by event time, then by id. */
    FIRST,
    /** The value of the latest row by event time, then by id. */
    LAST
}
