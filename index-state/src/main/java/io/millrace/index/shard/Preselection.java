package io.millrace.index.shard;

import io.millrace.index.document.FilterFields;
import io.millrace.index.document.RowFilter;
import io.millrace.index.vector.ApproximateIndex;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches an index of one shard for rows that pass a condition: takes more and more of the nearest until enough pass, or
 * searches among those that pass, or scores each of them, whichever the number of them asks for.
 */
final class Preselection {
    /** Where a search would take one row of so many, all are scored. */
    private static final int REFILL_SHARE = 8;

    /** Where no more rows pass than this many beams hold, every one that passes is scored. */
    private static final int SCORED_SHARE = 20;

    /** Rows that are scored at once at most for that, unless more are asked for. */
    private static final int SCORED_MAX = 20_000;

    /** Where a larger share of the rows passes, the search goes over all and drops those that do not. */
    private static final double COMMON = 0.3;

    private final SearchVectors search;
    private final RowFilter filter;
    private final @Nullable KeySet keys;
    private final ApproximateIndex index;
    private final Hits hits;
    private final SearchTrace trace;
    private final boolean filtered;
    private final boolean byFields;
    private final long matchedBefore;
    private final Set<String> seen = new HashSet<>();
    private int window;
    private double farthest;

    /** What is to be done next. */
    enum Next {
        DONE,
        /** Take more. */
        AGAIN,
        /** Too few of the rows pass to be found this way. */
        SCORE_ALL
    }

    /**
     * @param keys the only rows that pass; null for all
     * @param kept the fields of which the index keeps the values
     * @param someGone whether the index has rows that no search sees, which only state tells
     */
    Preselection(
            SearchVectors search,
            RowFilter filter,
            @Nullable KeySet keys,
            ApproximateIndex index,
            FilterFields kept,
            boolean someGone,
            Hits hits,
            SearchTrace trace) {
        this.search = search;
        this.filter = filter;
        this.keys = keys;
        this.index = index;
        this.hits = hits;
        this.trace = trace;
        filtered = someGone || keys != null || !filter.passesAll();
        byFields = !someGone && index.keepsFields() && (filter.isOver(kept) || keys != null && filter.passesAll());
        matchedBefore = hits.matched();
        // A beam over all rows is to give the exact answer, also where it measures by codes.
        window = search.efSearch() >= index.size()
                ? index.size()
                : (int) Math.min(index.size(), Math.max(search.k(), Math.ceil(search.alpha() * search.k())));
    }

    /** Takes rows as long as they might be among the best {@code k}: once so many were, one must not be worse than all. */
    private final class Nearest implements ApproximateIndex.RowSink {
        private final ApproximateIndex.RowSink sink;
        private final boolean ascending = search.metric().ascending();
        private int left = search.k();
        private double worst = ascending ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;

        Nearest(ApproximateIndex.RowSink sink) {
            this.sink = sink;
        }

        @Override
        public void accept(String key, double score) {
            long before = hits.scored();
            sink.accept(key, score);
            if (left > 0 && hits.scored() > before) {
                left--;
                worst = ascending ? Math.max(worst, score) : Math.min(worst, score);
            }
        }

        @Override
        public boolean mightTake(double score) {
            return left > 0 || (ascending ? score <= worst : score >= worst);
        }

        @Override
        public int enough() {
            return search.k();
        }
    }

    /** @param sink takes rows of the index; one that is not to be seen is for it to drop */
    Next run(ApproximateIndex.RowSink sink, Shard shard) {
        Next next = preselect(sink, shard);
        trace.cost(index.takeCost());
        return next;
    }

    private Next preselect(ApproximateIndex.RowSink sink, Shard shard) {
        if (!filtered) {
            trace.preselects(SearchTrace.NO_FILTER, search.efSearch(), window);
            index.nearest(search.query(), window, search.efSearch(), new Nearest(sink));
            return Next.DONE;
        }
        if (byFields && searchPassing(sink, shard)) {
            return Next.DONE;
        }
        trace.preselects(SearchTrace.POST_FILTER, search.efSearch(), window);
        index.nearest(search.query(), window, search.efSearch(), (key, score) -> {
            if (seen.add(key)) {
                sink.accept(key, score);
            }
            farthest = score;
        });
        // Behind what would not be kept nothing is found that would.
        if (hits.matched() - matchedBefore >= search.k() || !hits.mightKeep(farthest)) {
            return Next.DONE;
        }
        if (window >= index.size() / REFILL_SHARE) {
            return Next.SCORE_ALL;
        }
        window = (int) Math.min(index.size(), 2L * window);
        trace.refills();
        return Next.AGAIN;
    }

    /** Searches among the rows that pass by what is kept of them, and returns whether that is the whole answer. */
    private boolean searchPassing(ApproximateIndex.RowSink sink, Shard shard) {
        ApproximateIndex.Passing passing = passing();
        long matches = passing.estimate();
        if (matches <= Math.max(search.k(), Math.min((long) SCORED_SHARE * search.efSearch(), SCORED_MAX))) {
            scorePassing(passing, sink);
            return true;
        }
        if (matches > index.size() * COMMON) {
            // Of so many that pass, a somewhat wider window has enough.
            window = (int) Math.min(index.size(), Math.max(window, (long) (window * 1.2 * index.size() / matches)));
            return false;
        }
        trace.preselects(SearchTrace.IN_GRAPH, search.efSearch(), window);
        int given = index.nearestPassing(search.query(), window, search.efSearch(), passing, sink);
        if (given < Math.min(search.k(), matches)) {
            hits.forget(shard);
            scorePassing(passing, sink);
        }
        return true;
    }

    private ApproximateIndex.Passing passing() {
        ApproximateIndex.Passing byValues = filter.passesAll() ? null : index.judge(filter::passesFields);
        if (keys != null) {
            return index.among(keys.keys(), keys.excluded(), byValues);
        }
        return byValues == null ? index.judge(filter::passesFields) : byValues;
    }

    private void scorePassing(ApproximateIndex.Passing passing, ApproximateIndex.RowSink sink) {
        trace.scoresPassing();
        index.everyPassing(search.query(), passing, sink);
    }
}
