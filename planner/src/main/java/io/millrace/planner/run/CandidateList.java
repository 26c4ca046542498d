package io.millrace.planner.run;

import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.fusion.RankedList;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows that score best, by score and then by id: key, score, and the columns of the search. */
final class CandidateList implements Inquiry {
    private final SearchVectors search;
    private final TopRows rows;

    CandidateList(SearchVectors search, MemoryMeter memory) {
        this.search = search;
        rows = new TopRows(order(search), search.k(), memory);
    }

    static Comparator<Object[]> order(SearchVectors search) {
        return Rows.by(1, search.metric().ascending() == search.farthest()).thenComparing(Rows.by(0, false));
    }

    @Override
    public NodeKind part() {
        return NodeKind.VECTOR_SEARCH;
    }

    @Override
    public FragmentOperation start() {
        return search;
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        rows.add(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    /** Returns the rows, best first. */
    List<Object[]> rows() {
        return rows.sorted();
    }

    /** Forgets the rows, in whose place others come. */
    void free() {
        rows.free();
    }

    /** Returns how many rows it has at most. */
    int limit() {
        return search.k();
    }

    /** Returns whether every row that can be found is here. */
    boolean isExhausted() {
        return rows().size() < search.k();
    }

    List<RankedList.Entry> entries() {
        return rows().stream()
                .map(row -> new RankedList.Entry(row[0], (Double) row[1]))
                .toList();
    }
}
