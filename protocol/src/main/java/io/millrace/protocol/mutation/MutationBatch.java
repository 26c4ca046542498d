package io.millrace.protocol.mutation;

import java.util.List;

/**
 * Mutations of one shard that travel together, in the order in which they are to be applied.
 *
 * @param mutations at least one, all for {@code shard}
 */
public record MutationBatch(int shard, List<RoutedMutation> mutations) implements ShardInput {
    public MutationBatch {
        mutations = List.copyOf(mutations);
        if (mutations.isEmpty()) {
            throw new IllegalArgumentException("a batch must hold a mutation");
        }
    }

    @Override
    public int mutationCount() {
        return mutations.size();
    }
}
