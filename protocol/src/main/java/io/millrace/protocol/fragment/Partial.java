package io.millrace.protocol.fragment;

import java.util.List;

/**
 * The answer of some shards to a fragment.
 *
 * @param shards the shards it covers, ascending; together the partials of a fragment cover each shard once
 * @param certificates one for each covered shard, in the same order; empty where nothing was read
 */
public record Partial(
        String requestId,
        int attempt,
        int step,
        int round,
        List<Integer> shards,
        List<ShardCertificate> certificates,
        PartialResult result)
        implements ShardOutput {
    public Partial {
        shards = List.copyOf(shards);
        certificates = List.copyOf(certificates);
    }
}
