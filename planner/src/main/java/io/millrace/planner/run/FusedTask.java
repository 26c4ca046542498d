package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.fusion.ListFuser;
import io.millrace.planner.fusion.ListFuser.Fused;
import io.millrace.planner.fusion.RankedList;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Searches by several vectors at once and joins the lists. */
final class FusedTask implements ShardTask {
    private final FusedSearch step;
    private final boolean bounded;
    private final Measures before;
    private final List<CandidateList> lists = new ArrayList<>();

    /**
     * @param among the only rows that lists can have, or those that they cannot; null for all
     * @param bounded whether some of those are missing by a bound
     * @param before what was measured when they were found
     */
    private FusedTask(FusedSearch step, @Nullable RowKeys among, boolean bounded, Measures before, MemoryMeter memory) {
        this.step = step;
        this.bounded = bounded;
        this.before = before;
        boolean none = among != null && !among.excluded() && among.keys().isEmpty();
        int window = step.fusion().window() + (step.capped() ? 1 : 0);
        for (float[] query : none ? List.<float[]>of() : step.queries()) {
            SearchVectors search =
                    step.search().search().withQuery(query, window).among(among, false);
            lists.add(new CandidateList(search, memory));
        }
    }

    static FusedTask of(FusedSearch step, MemoryMeter memory) {
        return new FusedTask(step, step.search().search().keys(), false, Measures.NONE, memory);
    }

    /** Searches behind a pattern. */
    static FusedTask among(FusedSearch step, RowKeys keys, boolean bounded, Measures before, MemoryMeter memory) {
        return new FusedTask(step, keys.excluded() && keys.keys().isEmpty() ? null : keys, bounded, before, memory);
    }

    @Override
    public List<Inquiry> legs() {
        return List.copyOf(lists);
    }

    @Override
    public @Nullable FragmentOperation start() {
        return null;
    }

    @Override
    public void add(PartialResult.Rows rows) {
        throw new IllegalStateException("the lists alone ask");
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() {
        Map<Object, Object[]> byKey = new HashMap<>();
        List<RankedList> ranked = new ArrayList<>();
        boolean distance = step.search().search().metric().ascending();
        boolean cut = bounded;
        for (CandidateList list : lists) {
            ranked.add(new RankedList(list.entries(), distance, 1));
            list.rows().forEach(row -> byKey.putIfAbsent(row[0], row));
            cut |= step.capped() && !list.isExhausted();
        }
        int k = step.search().search().k();
        List<Object[]> best = new ArrayList<>();
        for (Fused fused : new ListFuser(step.fusion()).fuse(ranked)) {
            if (best.size() == k) {
                cut |= step.capped();
                break;
            }
            Object[] row = Objects.requireNonNull(byKey.get(fused.id())).clone();
            row[1] = fused.score();
            best.add(row);
        }
        return new StepTable(Rows.table(step.columns(), best, step.search().output(), false), cut);
    }

    @Override
    public Measures measures() {
        return before;
    }

    /** Of a list that lacks rows every rank behind them is wrong. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
