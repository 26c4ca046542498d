package io.millrace.protocol.fragment;

import io.millrace.protocol.catalog.FreshnessMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fresh one shard's part of an answer is.
 *
 * @param indexVersion builds of the vector index that was used, from 1; 0 where none was
 * @param mode freshness mode of the index or edge type that was used; null where none was
 * @param pendingRows changes that wait for that index or edge type
 * @param staleRows rows changed since the index version was built
 */
public record ShardCertificate(
        int shard,
        List<SourceProgress> progress,
        long indexVersion,
        @Nullable FreshnessMode mode,
        long pendingRows,
        long staleRows) {
    public ShardCertificate {
        progress = List.copyOf(progress);
    }
}
