package io.millrace.protocol;

import io.millrace.protocol.fragment.ShardCertificate;
import java.util.List;
import java.util.Map;

/**
 * How fresh an answer is: over all shards and steps the least position that was applied of every partition, and the
 * greatest lag.
 *
 * @param applied from {@code topic-partition} to the next offset that every shard had surely applied
 * @param shards the certificates this was folded from; empty unless the request asked for them by EXPLAIN
 */
public record FreshnessCertificate(
        Map<String, Long> applied, long pendingRows, long staleRows, long lagMs, List<ShardCertificate> shards) {
    public FreshnessCertificate {
        applied = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(applied));
        shards = List.copyOf(shards);
    }
}
