package io.millrace.protocol.mutation;

/** One change event, decoded but not yet checked against the catalog. */
public sealed interface Mutation permits DocumentChange, EdgeChange {}
