package io.millrace.index.shard;

import io.millrace.protocol.catalog.FreshnessMode;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shard whose change waits for the index, as a search sees them.
 *
 * @param shown whether they are seen as they are now, and not as they were indexed
 */
record WaitingRows(@Nullable PendingRows rows, boolean shown) {
    static final WaitingRows NOTHING = new WaitingRows(null, false);

    /** @param demanded whether they are seen in any case, but for those of an index that is only rebuilt */
    static WaitingRows of(ShardIndex index, boolean demanded) {
        boolean rebuilt = index.mode() == FreshnessMode.REBUILD_ONLY;
        return new WaitingRows(
                index.pending(),
                !rebuilt && (demanded || index.definition().freshness().pendingVisible()));
    }

    boolean hides(String key) {
        return shown && rows != null && rows.contains(key);
    }

    boolean mayBeGone(String key) {
        return !shown && rows != null && rows.contains(key);
    }

    Collection<String> visible() {
        return shown && rows != null ? List.copyOf(rows.keys()) : List.of();
    }

    /** @param toEmbed rows that wait for the vector of their text */
    OperationRun.Used used(ShardIndex index, long toEmbed) {
        boolean rebuilt = index.mode() == FreshnessMode.REBUILD_ONLY;
        int size = rows == null ? 0 : rows.size();
        return new OperationRun.Used(index.version(), index.mode(), toEmbed + (rebuilt ? 0 : size), rebuilt ? size : 0);
    }
}
