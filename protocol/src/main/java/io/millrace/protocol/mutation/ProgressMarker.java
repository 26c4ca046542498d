package io.millrace.protocol.mutation;

/**
 * Says that every mutation of a partition below an offset has been sent.
 *
 * @param position its offset is the next offset: the last one read plus one; its timestamp is that of the last one read
 */
public record ProgressMarker(int shard, SourcePosition position) implements ShardInput {
    @Override
    public int mutationCount() {
        return 0;
    }
}
