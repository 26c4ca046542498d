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
        implements ShardInput {
    /** Position, keys and names of an ordinary mutation. */
    private static final int HEAD_BYTES = 64;

    @Override
    public int mutationCount() {
        return 1;
    }

    /** Roughly how many bytes it has on its way. */
    public int bytes() {
        int fields = mutation instanceof DocumentChange change
                ? change.fields().bytes().length
                : ((EdgeChange) mutation).fields().bytes().length;
        return rawKey.length + rawValue.length + fields + HEAD_BYTES;
    }
}
