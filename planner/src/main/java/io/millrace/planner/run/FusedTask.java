package io.millrace.planner.run;

import io.millrace.planner.fusion.ListFuser;
import io.millrace.planner.fusion.ListFuser.Fused;
import io.millrace.planner.fusion.RankedList;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.protocol.fragment.FragmentOperation;
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
    private final List<CandidateList> lists = new ArrayList<>();

    FusedTask(FusedSearch step, MemoryMeter memory) {
        this.step = step;
        for (float[] query : step.queries()) {
            SearchVectors search =
                    step.search().search().withQuery(query, step.fusion().window());
            lists.add(new CandidateList(search, memory));
        }
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
        for (CandidateList list : lists) {
            ranked.add(new RankedList(list.entries(), distance, 1));
            list.rows().forEach(row -> byKey.putIfAbsent(row[0], row));
        }
        int k = step.search().search().k();
        List<Object[]> best = new ArrayList<>();
        for (Fused fused : new ListFuser(step.fusion()).fuse(ranked)) {
            if (best.size() == k) {
                break;
            }
            Object[] row = Objects.requireNonNull(byKey.get(fused.id())).clone();
            row[1] = fused.score();
            best.add(row);
        }
        return new StepTable(Rows.table(step.columns(), best, step.search().output(), false), false);
    }

    /** Of a list that lacks rows every rank behind them is wrong. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
