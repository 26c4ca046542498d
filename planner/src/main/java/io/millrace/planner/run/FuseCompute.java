package io.millrace.planner.run;

import io.millrace.planner.fusion.ListFuser;
import io.millrace.planner.fusion.ListFuser.Fused;
import io.millrace.planner.fusion.RankedList;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fuses the rows of several steps in memory. */
final class FuseCompute {
    private static final long ENTRY_BYTES = 160;

    private final ComputeFuse step;
    private final MemoryMeter memory;

    FuseCompute(ComputeFuse step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    /** @param inputs the rows of each list, in the order of the lists */
    StepTable compute(List<ResultTable> inputs) throws StepFailure {
        List<RankedList> lists = new ArrayList<>();
        List<Map<Object, Object[]>> rowsById = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Map<Object, Object[]> byId = new TreeMap<>(ValueOrder.ASCENDING);
            lists.add(list(step.lists().get(i), inputs.get(i), byId));
            rowsById.add(byId);
        }
        List<Fused> fused = new ListFuser(step.fusion()).fuse(lists);
        boolean cut = fused.size() > step.limit().rows();
        List<Object[]> rows = new ArrayList<>();
        for (Fused each : cut ? fused.subList(0, step.limit().rows()) : fused) {
            rows.add(row(each, rowsById));
        }
        return new StepTable(
                new ResultTable(step.columns(), rows, cut), cut && !step.limit().asked());
    }

    /** Rows without a key, or without the score that the method goes by, are in no list. */
    private RankedList list(FusedList list, ResultTable table, Map<Object, Object[]> byId) throws StepFailure {
        List<RankedList.Entry> entries = new ArrayList<>();
        for (Object[] row : table.rows()) {
            Object id = row[list.keyColumn()];
            Object score = list.scoreColumn() < 0 ? (Object) 0.0 : row[list.scoreColumn()];
            if (id != null && score instanceof Number number) {
                memory.add(ENTRY_BYTES);
                entries.add(new RankedList.Entry(id, number.doubleValue()));
                byId.putIfAbsent(id, row);
            }
        }
        return new RankedList(entries, list.distance(), list.weight());
    }

    private @Nullable Object[] row(Fused fused, List<Map<Object, Object[]>> rowsById) throws StepFailure {
        @Nullable Object[] row = new Object[2 + step.carried().size()];
        row[0] = fused.id();
        row[1] = fused.score();
        for (int i = 0; i < step.carried().size(); i++) {
            row[2 + i] = carried(fused.id(), step.carried().get(i), rowsById);
        }
        memory.add(MemoryMeter.shellBytes(row.length));
        return row;
    }

    private static @Nullable Object carried(Object id, List<Integer> places, List<Map<Object, Object[]>> rowsById) {
        for (int i = 0; i < places.size(); i++) {
            Object[] row = places.get(i) < 0 ? null : rowsById.get(i).get(id);
            if (row != null) {
                return row[places.get(i)];
            }
        }
        return null;
    }
}
