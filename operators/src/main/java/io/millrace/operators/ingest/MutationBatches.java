package io.millrace.operators.ingest;

import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Puts mutations of a shard together, for what a record costs on its way is a good part of what a small mutation costs.
 * Where few come, none waits for another: only what comes in an interval behind the first {@link #BURST} is batched, so
 * that batches fill within a moment. Mutations of a shard keep their order.
 */
final class MutationBatches {
    /** Mutations of an interval that go at once. */
    static final int BURST = 64;

    /** A fragment may have to wait for a batch: one of a few large mutations is full. */
    static final int BATCH_BYTES = 8 << 10;

    private final List<List<RoutedMutation>> waiting;
    private final int[] waitingBytes;
    private final Consumer<ShardInput> out;
    private int seen;

    MutationBatches(int shards, Consumer<ShardInput> out) {
        waiting = IntStream.range(0, shards)
                .<List<RoutedMutation>>mapToObj(shard -> new ArrayList<>())
                .toList();
        waitingBytes = new int[shards];
        this.out = out;
    }

    void add(RoutedMutation mutation) {
        if (seen < BURST) {
            seen++;
            out.accept(mutation);
            return;
        }
        int shard = mutation.shard();
        waiting.get(shard).add(mutation);
        waitingBytes[shard] += mutation.bytes();
        if (waitingBytes[shard] >= BATCH_BYTES) {
            send(shard);
        }
    }

    /** Sends all that waits, and begins a new interval. */
    void flush() {
        seen = 0;
        for (int shard = 0; shard < waitingBytes.length; shard++) {
            if (waitingBytes[shard] > 0) {
                send(shard);
            }
        }
    }

    private void send(int shard) {
        List<RoutedMutation> mutations = waiting.get(shard);
        out.accept(mutations.size() == 1 ? mutations.get(0) : new MutationBatch(shard, mutations));
        mutations.clear();
        waitingBytes[shard] = 0;
    }
}
