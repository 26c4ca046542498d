package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.RankedWindow;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges the rows of a vector search by score, then by an order of their own, then by id. Rows of one score may stand on both
 * sides of the cut: more are asked for until the last score differs from that of the last row that is kept.
 */
final class RankedTask implements ShardTask {
    private static final int GROWTH = 4;

    private final RankedSearch step;
    private final MemoryMeter memory;
    private final int windowMax;
    private final Comparator<Object[]> byScore;
    private final boolean inputBounded;
    private SearchVectors search;
    private TopRows rows;
    private int refills;

    /**
     * @param members canonical keys of the only rows that can be found; null for all
     * @param inputBounded whether members are missing by a bound that nobody asked for
     */
    RankedTask(RankedSearch step, @Nullable List<String> members, boolean inputBounded, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
        RankedWindow window = RankedWindow.of(step);
        windowMax = window.most();
        this.inputBounded = inputBounded;
        SearchVectors asked = step.search().search();
        RowKeys keys = members == null ? asked.keys() : new RowKeys(members, false);
        byScore = Rows.by(1, asked.metric().ascending() == asked.farthest());
        search = asked.withQuery(asked.query(), window.first()).among(keys, asked.farthest());
        rows = new TopRows(byScore.thenComparing(Rows.by(0, false)), search.k(), memory);
    }

    @Override
    public @Nullable FragmentOperation start() {
        RowKeys keys = search.keys();
        return keys != null && !keys.excluded() && keys.keys().isEmpty() ? null : search;
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        rows.add(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        if (!isCutAmongTies() || search.k() >= windowMax) {
            return null;
        }
        refills++;
        search = search.withQuery(search.query(), (int) Math.min(windowMax, (long) GROWTH * search.k()));
        rows.free();
        rows = new TopRows(byScore.thenComparing(Rows.by(0, false)), search.k(), memory);
        return search;
    }

    /** Returns whether rows may be missing that score as well as the last one that is kept. */
    private boolean isCutAmongTies() {
        List<Object[]> best = rows.sorted();
        return !step.thenBy().isEmpty()
                && best.size() == search.k()
                && byScore.compare(best.get(step.search().search().k() - 1), best.get(best.size() - 1)) == 0;
    }

    @Override
    public Measures measures() {
        return Measures.refilled(refills);
    }

    @Override
    public StepTable finish() {
        Comparator<Object[]> order = byScore;
        for (OrderKey key : step.thenBy()) {
            order = order.thenComparing(Rows.by(step.search().output().get(key.column()), key.descending()));
        }
        List<Object[]> best = rows.sorted();
        best.sort(order.thenComparing(Rows.by(0, false)));
        int k = step.search().search().k();
        boolean cut = best.size() > k;
        List<Object[]> kept = cut ? best.subList(0, k) : best;
        ResultTable table = Rows.table(step.columns(), kept, step.search().output(), false);
        return new StepTable(table, inputBounded || isCutAmongTies() || (cut && step.capped()));
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
