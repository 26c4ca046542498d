package io.millrace.protocol.fragment;

/** What comes back to the coordinator of a request. */
public sealed interface ShardOutput permits Partial, ControlApplied {
    String requestId();
}
