package io.millrace.protocol.fragment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shard, or several together, measured.
 *
 * @param rowsRead rows, vectors or edges looked at
 * @param rowsMatched those that passed the conditions; for a filtered vector search a lower bound, because the rows of
 *     vectors that are not near enough are not read
 * @param path {@code ANN} or {@code EXACT}; null where that is not a question
 * @param reason why the path is EXACT although ANN was wanted; null where it is not
 * @param searches of a vector search what each shard did; empty for everything else
 * @param shards what each shard took; {@code elapsedNanos} has what they did together, too
 */
public record FragmentStats(
        long rowsRead,
        long rowsMatched,
        long distanceComputations,
        long elapsedNanos,
        @Nullable String path,
        @Nullable String reason,
        List<SearchStats> searches,
        List<ShardStats> shards) {
    public static final FragmentStats NONE = new FragmentStats(0, 0, 0, 0, null, null);

    public FragmentStats {
        searches = List.copyOf(searches);
        shards = List.copyOf(shards);
    }

    /** Not told by shard. */
    public FragmentStats(
            long rowsRead,
            long rowsMatched,
            long distanceComputations,
            long elapsedNanos,
            @Nullable String path,
            @Nullable String reason,
            List<SearchStats> searches) {
        this(rowsRead, rowsMatched, distanceComputations, elapsedNanos, path, reason, searches, List.of());
    }

    /** Of anything but a vector search. */
    public FragmentStats(
            long rowsRead,
            long rowsMatched,
            long distanceComputations,
            long elapsedNanos,
            @Nullable String path,
            @Nullable String reason) {
        this(rowsRead, rowsMatched, distanceComputations, elapsedNanos, path, reason, List.of());
    }

    /** Returns the same with the time it took, and what each shard took of it. */
    public FragmentStats timed(long nanos, List<ShardStats> each) {
        return new FragmentStats(rowsRead, rowsMatched, distanceComputations, nanos, path, reason, searches, each);
    }

    /** Returns both together: counts added, the longer time, and EXACT where either was. */
    public FragmentStats and(FragmentStats other) {
        boolean otherPath = path == null || (other.path != null && other.path.equals("EXACT"));
        return new FragmentStats(
                rowsRead + other.rowsRead,
                rowsMatched + other.rowsMatched,
                distanceComputations + other.distanceComputations,
                Math.max(elapsedNanos, other.elapsedNanos),
                otherPath ? other.path : path,
                otherPath ? other.reason : reason,
                joined(searches, other.searches),
                joined(shards, other.shards));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        if (some.isEmpty() || more.isEmpty()) {
            return some.isEmpty() ? more : some;
        }
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
