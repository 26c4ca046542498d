package io.millrace.protocol.catalog;

/** When a change reaches a vector index, or the adjacency of an edge type. */
public enum FreshnessMode {
    /** In the same element that brings the change. */
    IMMEDIATE,
    /** When enough changes wait, or the oldest is old enough. */
    BATCHED,
    /** In the background, in order. */
    ASYNC,
    /** When a build is asked for; vector indexes only. */
    REBUILD_ONLY
}
