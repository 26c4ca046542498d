package io.millrace.planner.plan;

import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;

/**
 * How many rows a search asks for whose ties have an order of their own, which orders all candidates.
 *
 * @param first what is asked for at first
 * @param most what is asked for at most, however many rows have one score
 */
public record RankedWindow(int first, int most) {
    private static final int MOST = 100_000;

    public static RankedWindow of(RankedSearch step) {
        SearchVectors search = step.search().search();
        int asked = step.capped() ? search.k() + 1 : search.k();
        int most = Math.max(MOST, asked);
        if (step.thenBy().isEmpty()) {
            return new RankedWindow(asked, most);
        }
        double wanted = search.exact() ? search.k() + 1.0 : Math.ceil(search.alpha() * search.k()) + 1;
        return new RankedWindow((int) Math.min(most, wanted), most);
    }
}
