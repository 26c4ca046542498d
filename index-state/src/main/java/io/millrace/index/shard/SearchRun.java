package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.ApproximateIndex;
import io.millrace.index.vector.Distance;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.TopK;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SearchStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best vectors: with an index that is ready, else by scoring every vector in state. Every score that is
 * returned is exact.
 *
 * <p>{@link FragmentStats#rowsMatched} of a search with a condition is a lower bound, the rows that were seen to pass;
 * without one it is {@link FragmentStats#rowsRead}.
 */
final class SearchRun implements OperationRun {
    private static final int VECTORS_PER_STEP = 256;

    /** Why nothing is searched for: the rows are named. */
    private static final String KEYS = "keys";

    /** Room for rows that are deleted between slices. */
    private static final int SPARE = 64;

    private final SearchVectors search;
    private final CollectionBinding collection;
    private final int ordinal;
    private final RowFilter filter;
    private final @Nullable KeySet keys;
    private final boolean conditional;
    private final Projection projection;
    private final Hits hits;
    private final double queryNorm;
    private final float[] vector;
    private final boolean includePending;
    private final Map<Integer, Shard> shards = new HashMap<>();
    private final List<SearchStats> done = new ArrayList<>();
    private WaitingRows waiting = WaitingRows.NOTHING;
    private @Nullable Shard shard;
    private @Nullable SearchTrace trace;
    private Source source = () -> false;
    private int steps;

    /** Offers some vectors and returns whether more are left. */
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
        keys = KeySet.of(search.keys());
        conditional = keys != null || !filter.passesAll();
        hits = new Hits(collection, filter, keys, capacity, search.metric().ascending() != search.farthest());
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
            scoreState(newShard, "no_index");
            return new Used(0, null, waiting(newShard), 0);
        }
        VectorIndex index = shardIndex.index();
        String reason = index == null ? shardIndex.whyNot() : reasonForExact(shardIndex, index);
        boolean flatServes = index instanceof FlatIndex
                && !(search.exact() && shardIndex.pending().size() > 0);
        if (index == null || reason != null && !flatServes) {
            scoreState(newShard, reason);
            return WaitingRows.of(shardIndex, true).used(shardIndex, waiting(newShard));
        }
        waiting = WaitingRows.of(shardIndex, includePending);
        if (keys != null && keys.areScored() && index instanceof ApproximateIndex among && among.keepsFields()) {
            scoreEach(among, keys);
        } else if (index instanceof FlatIndex flat) {
            scoreFlat(flat);
        } else {
            preselect((ApproximateIndex) index, shardIndex);
        }
        return waiting.used(shardIndex, waiting(newShard));
    }

    /** Returns how many rows wait for the vector of their text. */
    private long waiting(Shard of) {
        return of.embeddings().pending(collection.id(), ordinal);
    }

    /** Returns why an index that serves does not answer this search, but every vector is scored; null if it does. */
    private @Nullable String reasonForExact(ShardIndex shardIndex, VectorIndex index) {
        if (search.exact()) {
            return "asked";
        }
        if (shardIndex.definition().metric() != search.metric()) {
            return "metric_differs";
        }
        if (search.k() >= index.size()) {
            return "k_reaches_rows";
        }
        // A beam over all rows is to find all; this engine may miss some even then.
        boolean mayMiss = index.engine() == VectorEngine.HNSWLIB;
        return mayMiss && search.efSearch() >= index.size() ? "ef_reaches_rows" : null;
    }

    private void scoreState(Shard of, @Nullable String reason) {
        waiting = WaitingRows.NOTHING;
        source = keys != null && keys.areScored()
                ? new KeyScores(of, keys.keys())
                : scan(of.documents().scanVectors(collection, ordinal));
        trace = SearchTrace.exact(of.number(), hits, null, search.exact() ? null : reason, conditional);
    }

    private Source scan(Cursor cursor) {
        return () -> {
            for (int i = 0; i < VECTORS_PER_STEP; i++) {
                if (!cursor.next()) {
                    return false;
                }
                VectorFormat.decode(cursor.value(), vector);
                double score = score(vector);
                if (hits.mightKeep(score)) {
                    hits.offer(shard(), Bytes.text(cursor.key()), score);
                } else {
                    hits.passOver();
                }
            }
            return true;
        };
    }

    private void scoreFlat(FlatIndex flat) {
        FlatIndex.Scan flatScan = flat.scan(search.metric(), search.query());
        source = () -> flatScan.run(VECTORS_PER_STEP, this::offerIndexed) || scoreWaiting();
        String reason = search.exact() ? null : "flat";
        trace = SearchTrace.exact(shard().number(), hits, flat.engine(), reason, conditional);
    }

    /** Scores the rows that were named, from memory. */
    private void scoreEach(ApproximateIndex index, KeySet named) {
        Shard of = shard();
        List<String> own = named.keys().stream().filter(of::owns).toList();
        source = () -> {
            index.each(search.query(), own, this::offerIndexed);
            return scoreWaiting();
        };
        SearchTrace noted = SearchTrace.exact(of.number(), hits, index.engine(), KEYS, true);
        noted.scoresPassing();
        trace = noted;
    }

    /** Scores the rows that were named, from state. */
    private final class KeyScores implements Source {
        private final Shard of;
        private final List<String> named;
        private int next;

        KeyScores(Shard of, List<String> named) {
            this.of = of;
            this.named = named;
        }

        @Override
        public boolean run() {
            int end = Math.min(named.size(), next + VECTORS_PER_STEP);
            for (; next < end; next++) {
                String key = named.get(next);
                float[] stored = of.owns(key) ? of.documents().vector(collection, ordinal, Bytes.utf8(key)) : null;
                if (stored != null) {
                    hits.offer(of, key, score(stored));
                }
            }
            return next < named.size();
        }
    }

    private void preselect(ApproximateIndex index, ShardIndex shardIndex) {
        SearchTrace noted = SearchTrace.approximate(shard().number(), hits, index.engine(), conditional);
        trace = noted;
        boolean someGone = shard().documents().hasGone(collection);
        Preselection preselection =
                new Preselection(search, filter, keys, index, shardIndex.fields(), someGone, hits, noted);
        source = () -> switch (preselection.run(this::offerIndexed, shard())) {
            case DONE -> scoreWaiting();
            case AGAIN -> true;
            case SCORE_ALL -> {
                hits.forget(shard());
                source = scan(shard().documents().scanVectors(collection, ordinal));
                noted.becomesExact("filter");
                yield true;
            }
        };
    }

    /** Scores what waits and is to be seen, as it is in state now. */
    private boolean scoreWaiting() {
        for (String key : waiting.visible()) {
            float[] current = shard().documents().vector(collection, ordinal, Bytes.utf8(key));
            if (current != null) {
                hits.offer(shard(), key, score(current));
            }
        }
        return false;
    }

    /** Takes a row of the index, unless its change waits and is to be seen, or it was deleted. */
    private void offerIndexed(String key, double score) {
        if (!waiting.hides(key) && (!waiting.mayBeGone(key) || exists(key))) {
            hits.offer(shard(), key, score);
        }
    }

    private boolean exists(String key) {
        return shard().documents().row(collection, Bytes.utf8(key)) != null;
    }

    private Shard shard() {
        return Objects.requireNonNull(shard, "begun");
    }

    private double score(float[] candidate) {
        double norm = Distance.norm(search.metric(), candidate, 0, candidate.length);
        return Distance.score(search.metric(), search.query(), queryNorm, candidate, 0, norm);
    }

    @Override
    public boolean step() {
        steps++;
        boolean more = source.run();
        if (!more) {
            done.add(Objects.requireNonNull(trace, "begun").end(hits));
        }
        return more;
    }

    @Override
    public long rowsRead() {
        return hits.scored();
    }

    @Override
    public PartialResult.Rows finish() {
        List<Object[]> rows = new ArrayList<>();
        for (TopK.Scored hit : hits.bestFirst()) {
            Object[] row = rows.size() < search.k() ? project(hit) : null;
            if (row != null) {
                rows.add(row);
            }
        }
        return new PartialResult.Rows(rows, false, stats());
    }

    private FragmentStats stats() {
        FragmentStats stats = new FragmentStats(
                hits.scored(), conditional ? hits.matched() : hits.scored(), hits.scored(), 0, null, null);
        for (SearchStats each : done) {
            stats = stats.and(
                    new FragmentStats(0, 0, each.distanceComputations(), 0, each.path(), each.reason(), List.of(each)));
        }
        return stats;
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
}
