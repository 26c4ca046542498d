package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.Distance;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.HnswlibIndex;
import io.millrace.index.vector.KeyOrder;
import io.millrace.index.vector.TopK;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<Integer, Shard> shards = new HashMap<>();
    private @Nullable Shard shard;
    private Source source = () -> false;
    private FragmentStats path = FragmentStats.NONE;
    private long vectorsScored;
    private long rowsMatched;
    private int steps;

    /** Gives some vectors to {@link #offer} and returns whether more are left. */
    private interface Source {
        boolean run();
    }

    private SearchRun(SearchVectors search, CollectionBinding collection, int ordinal) {
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

    static SearchRun of(SearchVectors search, CollectionBinding collection) throws MillraceException {
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
        return new SearchRun(search, collection, ordinal);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        shards.put(newShard.number(), newShard);
        ShardIndex index = newShard.index(search.indexId());
        String reason = reasonForScan(index);
        if (index == null || reason != null) {
            source = scan(newShard.documents().scanVectors(collection, ordinal));
            note(search.exact() ? null : reason, "EXACT");
            return index == null ? Used.NOTHING : used(index, 0);
        }
        if (index.index() instanceof FlatIndex flat) {
            FlatIndex.Scan flatScan = flat.scan(search.metric(), search.query());
            source = () -> flatScan.run(VECTORS_PER_STEP, this::offer);
            note(search.exact() ? null : "engine_flat", "EXACT");
        } else {
            source = preselection((HnswlibIndex) index.index());
            note(null, "ANN");
        }
        return used(index, 1);
    }

    private static Used used(ShardIndex index, long version) {
        return new Used(version, index.definition().freshness().mode(), 0);
    }

    /** Returns why the vectors in state are scored and not an index; null if the index serves. */
    private @Nullable String reasonForScan(@Nullable ShardIndex index) {
        if (index == null || index.ordinal() != ordinal) {
            return "no_index";
        }
        if (!index.isReady()) {
            return "building";
        }
        if (index.index() instanceof FlatIndex) {
            return null;
        }
        if (search.exact()) {
            return "exact";
        }
        if (index.definition().metric() != search.metric()) {
            return "metric";
        }
        if (!filter.passesAll()) {
            return "filter";
        }
        return search.k() >= index.index().size() ? "k_reaches_rows" : null;
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

    private Source preselection(HnswlibIndex index) {
        int window = (int) Math.min(index.size(), Math.max(search.k(), Math.ceil(search.alpha() * search.k())));
        return () -> {
            for (HnswlibIndex.Candidate candidate : index.nearest(search.query(), window, search.efSearch())) {
                offer(candidate.key(), score(candidate.vector()));
            }
            return false;
        };
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
                vectorsScored,
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
}
