package io.millrace.operators.types;

import io.millrace.protocol.fragment.Fragment;

/** What reaches every shard besides mutations: the log of control records, and the questions of the coordinators. */
public sealed interface LoopMessage {
    /** A control record at its offset, as bytes: one that cannot be read moves the catalog's version all the same. */
    record Control(long offset, byte[] value) implements LoopMessage {}

    record Ask(Fragment fragment) implements LoopMessage {}
}
