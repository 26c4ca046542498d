package io.millrace.protocol;

/** How much an answer says about how it came to be. */
public enum ExplainLevel {
    NONE,
    /** For each step its path, index and shards: the default. */
    SUMMARY,
    /** The plan; nothing is run. */
    PLAN,
    /** The plan is run, and measured numbers are added. */
    ANALYZE
}
