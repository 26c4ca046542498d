package io.millrace.index.shard;

import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows that a search can find, where it names them or those that it cannot find. */
final class KeySet {
    /** So many rows are scored each; of more, the nearest are searched for among them. */
    private static final int SCORED_MAX = 10_000;

    private final RowKeys asked;
    private final Set<String> keys;

    private KeySet(RowKeys asked) {
        this.asked = asked;
        keys = new HashSet<>(asked.keys());
    }

    /** @return null for all rows */
    static @Nullable KeySet of(@Nullable RowKeys asked) {
        return asked == null ? null : new KeySet(asked);
    }

    boolean passes(String key) {
        return keys.contains(key) != asked.excluded();
    }

    /** Returns whether the rows are so few that each is scored. */
    boolean areScored() {
        return !asked.excluded() && asked.keys().size() <= SCORED_MAX;
    }

    /** Returns the keys as they were given. */
    List<String> keys() {
        return asked.keys();
    }

    boolean excluded() {
        return asked.excluded();
    }
}
