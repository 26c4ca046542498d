package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.FilterFields;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.ApproximateIndex;
import io.millrace.index.vector.Distance;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.KeyOrder;
import io.millrace.index.vector.TopK;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best vectors: with an index that is ready, else by scoring every vector in state. Every score that is
 * returned is exact.
 *
 * <p>The condition is evaluated on the row, and only of a vector that scores well enough to be kept: the others' rows are
 * not read. So {@link FragmentStats#rowsMatched} of a search with a condition is a lower bound, the rows that were seen to
 * pass; without one it is {@link FragmentStats#rowsRead}.
 */
final class SearchRun implements OperationRun {
    private static final int VECTORS_PER_STEP = 256;

    /** Where a filtered search would take one row of so many, all are scored. */
    private static final int REFILL_SHARE = 8;

    /** Where no more rows pass than this many beams hold, every one that passes is scored. */
    private static final int SCORED_SHARE = 20;

    /** Where a larger share of the rows passes, the search goes over all and drops those that do not. */
    private static final double COMMON = 0.3;

    /** Room for rows that are deleted between slices. */
    private static final int SPARE = 64;

    private final SearchVectors search;
    private final CollectionBinding collection;
    private final int ordinal;
    private final RowFilter filter;
    private final Projection projection;
    private final TopK best;
    private final double queryNorm;
    private final float[] vector;
    private final boolean includePending;
    private Waiting waiting = Waiting.NOTHING;
    private final Map<Integer, Shard> shards = new HashMap<>();
    private @Nullable Shard shard;
    private Source source = () -> false;
    private FragmentStats path = FragmentStats.NONE;
    private long vectorsScored;

    /** Distances that the indexes computed on the way, exact scores apart. */
    private long distances;

    private long rowsMatched;
    private int steps;

    /** Gives some vectors to {@link #offer} and returns whether more are left. */
    private interface Source {
        boolean run();
    }

    private SearchRun(SearchVectors search, CollectionBinding collection, int ordinal, boolean includePending) {
        this.includePending = includePending;
        this.search = search;
        this.collection = collection;
        this.ordinal = ordinal;
        filter = new RowFilter(collection, search.selection());
        projection = new Projection(collection, search.columns());
        int capacity = (int) Math.min((long) search.k() + SPARE, Integer.MAX_VALUE - 8);
        best = new TopK(capacity, search.metric().ascending(), KeyOrder.of(collection.numericKey()));
        queryNorm = Distance.norm(search.metric(), search.query(), 0, search.query().length);
        vector = new float[search.query().length];
    }

    /** @param includePending whether changes that wait for the index are seen in any case */
    static SearchRun of(SearchVectors search, CollectionBinding collection, boolean includePending)
            throws MillraceException {
        int ordinal = collection.ordinal(search.field());
        int dimension = ordinal < 0 ? 0 : collection.field(ordinal).dimension();
        if (dimension == 0) {
            throw new MillraceException(
                    ErrorCode.NOT_FOUND_FIELD,
                    "collection \"" + collection.schema().name() + "\" has no vector \"" + search.field() + "\"");
        }
        if (search.query().length != dimension) {
            throw new MillraceException(
                    ErrorCode.INVALID_DIMENSION,
                    "vector has " + search.query().length + " dimensions, field \"" + search.field() + "\" needs "
                            + dimension);
        }
        return new SearchRun(search, collection, ordinal, includePending);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        shards.put(newShard.number(), newShard);
        ShardIndex shardIndex = newShard.index(search.indexId());
        if (shardIndex == null || shardIndex.ordinal() != ordinal) {
            scanState(newShard, "no_index");
            return Used.NOTHING;
        }
        VectorIndex index = shardIndex.index();
        String reason = index == null ? shardIndex.whyNot() : reasonForExact(shardIndex, index);
        boolean flatServes = index instanceof FlatIndex
                && !(search.exact() && shardIndex.pending().size() > 0);
        if (index == null || reason != null && !flatServes) {
            scanState(newShard, reason);
            return Waiting.of(shardIndex, true).used(shardIndex);
        }
        waiting = Waiting.of(shardIndex, includePending);
        if (index instanceof FlatIndex flat) {
            FlatIndex.Scan flatScan = flat.scan(search.metric(), search.query());
            source = () -> flatScan.run(VECTORS_PER_STEP, this::offerIndexed) || scorePending();
            note(search.exact() ? null : "engine_flat", "EXACT");
        } else {
            source = new Preselection((ApproximateIndex) index, shardIndex.fields())::run;
            note(null, "ANN");
        }
        return waiting.used(shardIndex);
    }

    private void scanState(Shard of, @Nullable String reason) {
        waiting = Waiting.NOTHING;
        source = scan(of.documents().scanVectors(collection, ordinal));
        note(search.exact() ? null : reason, "EXACT");
    }

    /** Returns why an index that serves does not answer this search, but every vector is scored; null if it does. */
    private @Nullable String reasonForExact(ShardIndex shardIndex, VectorIndex index) {
        if (search.exact()) {
            return "exact";
        }
        if (shardIndex.definition().metric() != search.metric()) {
            return "metric";
        }
        return search.k() >= index.size() ? "k_reaches_rows" : null;
    }

    private void note(@Nullable String reason, String newPath) {
        FragmentStats here = new FragmentStats(0, 0, 0, 0, newPath, reason);
        path = path == FragmentStats.NONE ? here : path.and(here);
    }

    private Source scan(Cursor cursor) {
        return () -> {
            for (int i = 0; i < VECTORS_PER_STEP; i++) {
                if (!cursor.next()) {
                    return false;
                }
                VectorFormat.decode(cursor.value(), vector);
                double score = score(vector);
                if (best.mightKeep(score)) {
                    offer(Bytes.text(cursor.key()), score);
                } else {
                    vectorsScored++;
                }
            }
            return true;
        };
    }

    /** Takes more and more of the nearest until enough pass the condition, or too many would be taken. */
    private final class Preselection {
        private final ApproximateIndex index;
        private final Set<String> seen = new HashSet<>();
        private final long matchedBefore = rowsMatched;
        private final boolean byFields;
        private int window;
        private double farthest;

        Preselection(ApproximateIndex index, FilterFields kept) {
            this.index = index;
            byFields = index.keepsFields() && filter.isOver(kept);
            // A beam over all rows is to give the exact answer, also where it measures by codes.
            window = search.efSearch() >= index.size()
                    ? index.size()
                    : (int) Math.min(index.size(), Math.max(search.k(), Math.ceil(search.alpha() * search.k())));
        }

        boolean run() {
            boolean more = preselect();
            distances += index.takeCost().distances();
            return more;
        }

        private boolean preselect() {
            if (filter.passesAll()) {
                index.nearest(search.query(), window, search.efSearch(), SearchRun.this::offerIndexed);
                return scorePending();
            }
            if (byFields && searchPassing()) {
                return scorePending();
            }
            index.nearest(search.query(), window, search.efSearch(), (key, score) -> {
                if (seen.add(key)) {
                    offerIndexed(key, score);
                }
                farthest = score;
            });
            // Behind what would not be kept nothing is found that would.
            if (rowsMatched - matchedBefore >= search.k() || !best.mightKeep(farthest)) {
                return scorePending();
            }
            if (window >= index.size() / REFILL_SHARE) {
                note("filter", "EXACT");
                best.removeShard(shardNumber());
                source = scan(shard().documents().scanVectors(collection, ordinal));
                return true;
            }
            window = (int) Math.min(index.size(), 2L * window);
            return true;
        }

        /** Searches among the rows that pass by what is kept of them, and returns whether that is the whole answer. */
        private boolean searchPassing() {
            ApproximateIndex.Passing passing = index.judge(filter::passesFields);
            long matches = passing.estimate();
            if (matches <= Math.max(search.k(), (long) SCORED_SHARE * search.efSearch())) {
                index.everyPassing(search.query(), passing, SearchRun.this::offerIndexed);
                return true;
            }
            if (matches > index.size() * COMMON) {
                // Of so many that pass, a somewhat wider window has enough.
                window = (int) Math.min(index.size(), Math.max(window, (long) (window * 1.2 * index.size() / matches)));
                return false;
            }
            int given = index.nearestPassing(
                    search.query(), window, search.efSearch(), passing, SearchRun.this::offerIndexed);
            if (given < Math.min(search.k(), matches)) {
                best.removeShard(shard().number());
                index.everyPassing(search.query(), passing, SearchRun.this::offerIndexed);
            }
            return true;
        }
    }

    /** Scores what waits and is to be seen, as it is in state now. */
    private boolean scorePending() {
        for (String key : waiting.visible()) {
            float[] current = shard().documents().vector(collection, ordinal, Bytes.utf8(key));
            if (current != null) {
                offer(key, score(current));
            }
        }
        return false;
    }

    /** Takes a row of the index, unless its change waits and is to be seen, or it was deleted. */
    private void offerIndexed(String key, double score) {
        if (!waiting.hides(key) && (!waiting.mayBeGone(key) || exists(key))) {
            offer(key, score);
        }
    }

    private boolean exists(String key) {
        return shard().documents().row(collection, Bytes.utf8(key)) != null;
    }

    private Shard shard() {
        return Objects.requireNonNull(shard, "begun");
    }

    private int shardNumber() {
        return shard().number();
    }

    private double score(float[] candidate) {
        double norm = Distance.norm(search.metric(), candidate, 0, candidate.length);
        return Distance.score(search.metric(), search.query(), queryNorm, candidate, 0, norm);
    }

    private void offer(String key, double score) {
        vectorsScored++;
        if (shard != null && best.mightKeep(score) && passes(shard, key)) {
            rowsMatched++;
            best.offer(key, score, shard.number());
        }
    }

    private boolean passes(Shard on, String key) {
        if (filter.passesAll()) {
            return true;
        }
        byte[] keyBytes = Bytes.utf8(key);
        byte[] row = on.documents().row(collection, keyBytes);
        return row != null && filter.passes(keyBytes, row);
    }

    @Override
    public boolean step() {
        steps++;
        return source.run();
    }

    @Override
    public PartialResult.Rows finish() {
        List<Object[]> rows = new ArrayList<>();
        for (TopK.Scored hit : best.bestFirst()) {
            Object[] row = rows.size() < search.k() ? project(hit) : null;
            if (row != null) {
                rows.add(row);
            }
        }
        FragmentStats stats = new FragmentStats(
                vectorsScored,
                filter.passesAll() ? vectorsScored : rowsMatched,
                vectorsScored + distances,
                0,
                path.path(),
                path.reason());
        return new PartialResult.Rows(rows, false, stats);
    }

    /** Returns the row of a hit, or null if it was deleted between two slices. */
    private Object @Nullable [] project(TopK.Scored hit) {
        Shard of = shards.get(hit.shard());
        boolean needsRow = projection.size() > 0 || steps > shards.size();
        Object[] result = new Object[2 + projection.size()];
        result[0] = RowFilter.key(collection, hit.key());
        result[1] = hit.score();
        if (of != null && needsRow) {
            byte[] key = Bytes.utf8(hit.key());
            byte[] row = of.documents().row(collection, key);
            if (row == null) {
                return null;
            }
            projection.read(of.documents(), key, row, result, 2);
        }
        return result;
    }

    /**
     * The rows of a shard whose change waits for the index.
     *
     * @param shown whether they are seen as they are now, and not as they were indexed
     */
    private record Waiting(@Nullable PendingRows rows, boolean shown) {
        static final Waiting NOTHING = new Waiting(null, false);

        static Waiting of(ShardIndex index, boolean includePending) {
            boolean rebuilt = index.mode() == FreshnessMode.REBUILD_ONLY;
            return new Waiting(
                    index.pending(),
                    !rebuilt
                            && (includePending || index.definition().freshness().pendingVisible()));
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

        Used used(ShardIndex index) {
            boolean rebuilt = index.mode() == FreshnessMode.REBUILD_ONLY;
            int size = rows == null ? 0 : rows.size();
            return new Used(index.version(), index.mode(), rebuilt ? 0 : size, rebuilt ? size : 0);
        }
    }
}
