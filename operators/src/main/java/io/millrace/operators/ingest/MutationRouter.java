package io.millrace.operators.ingest;

import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.function.Consumer;

/** Finds the shards of a mutation: that of its key, and for an edge those of both ends. */
final class MutationRouter {
    private static final byte[] NONE = new byte[0];

    private final int shards;

    MutationRouter(int shards) {
        this.shards = shards;
    }

    void route(Mutation mutation, SourcePosition position, SourceRecord source, Consumer<RoutedMutation> out) {
        byte[] key = source.key() == null ? NONE : source.key();
        byte[] value = source.value() == null ? NONE : source.value();
        if (mutation instanceof DocumentChange change) {
            out.accept(new RoutedMutation(shard(change.key()), position, false, mutation, key, value));
        } else {
            EdgeChange change = (EdgeChange) mutation;
            out.accept(new RoutedMutation(shard(change.from()), position, false, mutation, key, value));
            out.accept(new RoutedMutation(shard(change.to()), position, true, mutation, NONE, NONE));
        }
    }

    private int shard(String key) {
        return ShardRouting.shardOf(key, shards);
    }
}
