package io.millrace.protocol.mutation;

/** What a router sends to a shard: mutations, and behind them how far their partition has been read. */
public sealed interface ShardInput permits RoutedMutation, MutationBatch, ProgressMarker {
    /** The shard it is for, from 0. */
    int shard();

    /** How many mutations it brings. */
    int mutationCount();
}
