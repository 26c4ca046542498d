package io.millrace.planner.run;

import io.millrace.planner.plan.IndexFacts;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.IndexStatusColumns;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the rows of shards beside what the catalog says of their indexes, and adds them up. */
final class StatusTask implements ShardTask {
    private final IndexStatus step;
    private final MemoryMeter memory;
    private final Map<Long, List<Object[]>> byIndex = new HashMap<>();

    StatusTask(IndexStatus step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    @Override
    public FragmentOperation start() {
        return new ReadIndexStatus(
                step.index() == null ? null : step.indexes().get(0).id());
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            Long id = (Long) row[IndexStatusColumns.INDEX_ID];
            byIndex.computeIfAbsent(id, each -> new ArrayList<>()).add(row);
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    /** An index that no shard has, because it was dropped on the way, gives no row. */
    @Override
    public StepTable finish() {
        List<Object[]> rows = new ArrayList<>();
        for (IndexFacts index : step.indexes()) {
            List<Object[]> ofShards = byIndex.getOrDefault(index.id(), List.of());
            if (!ofShards.isEmpty()) {
                ofShards.sort(Rows.by(IndexStatusColumns.SHARD, false));
                ofShards.forEach(row -> rows.add(StatusRows.row(index, row)));
                rows.add(StatusRows.row(index, StatusRows.total(ofShards)));
            }
        }
        return new StepTable(new ResultTable(step.columns(), rows, false), false);
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
