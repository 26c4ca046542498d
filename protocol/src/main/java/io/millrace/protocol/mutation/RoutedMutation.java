package io.millrace.protocol.mutation;

/**
 * A mutation on its way to a shard.
 *
 * @param reverse for an edge, whether this copy is for the shard of its far end
 * @param rawKey the record's key as it was read, empty for none
 * @param rawValue the record's value as it was read, for the dead letter that this may become; empty on a reverse copy
 */
public record RoutedMutation(
        int shard, SourcePosition position, boolean reverse, Mutation mutation, byte[] rawKey, byte[] rawValue)
        implements ShardInput {}
