package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.RowFilter;
import io.millrace.index.store.Bytes;
import io.millrace.index.vector.KeyOrder;
import io.millrace.index.vector.TopK;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best rows of a search so far, of all shards. The condition is evaluated on the row, and only of a vector that
 * scores well enough to be kept: the others' rows are not read.
 */
final class Hits {
    private final CollectionBinding collection;
    private final RowFilter filter;
    private final @Nullable KeySet keys;
    private final TopK best;
    private long scored;
    private long matched;

    /** @param keys the only rows that pass; null for all */
    Hits(CollectionBinding collection, RowFilter filter, @Nullable KeySet keys, int capacity, boolean ascending) {
        this.collection = collection;
        this.filter = filter;
        this.keys = keys;
        best = new TopK(capacity, ascending, KeyOrder.of(collection.numericKey()));
    }

    /** Returns whether a row of this score might be kept; cheap, and before the key is known. */
    boolean mightKeep(double score) {
        return best.mightKeep(score);
    }

    /** Counts a row that scores too badly to be offered. */
    void passOver() {
        scored++;
    }

    void offer(Shard shard, String key, double score) {
        scored++;
        if (best.mightKeep(score) && passes(shard, key)) {
            matched++;
            best.offer(key, score, shard.number());
        }
    }

    private boolean passes(Shard shard, String key) {
        if (keys != null && !keys.passes(key)) {
            return false;
        }
        if (filter.passesAll() && !shard.documents().hasGone(collection)) {
            return true;
        }
        byte[] keyBytes = Bytes.utf8(key);
        byte[] row = shard.documents().row(collection, keyBytes);
        return row != null && filter.passes(keyBytes, row);
    }

    /** Forgets what was offered of one shard. */
    void forget(Shard shard) {
        best.removeShard(shard.number());
    }

    /** Returns how many rows were scored. */
    long scored() {
        return scored;
    }

    /** Returns how many rows were seen to pass the condition: a lower bound of those that do. */
    long matched() {
        return matched;
    }

    List<TopK.Scored> bestFirst() {
        return best.bestFirst();
    }
}
