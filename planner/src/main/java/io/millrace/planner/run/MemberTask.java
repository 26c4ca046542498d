package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks nobody where no row can be a member. */
final class MemberTask implements ShardTask {
    private final ShardTask task;
    private final List<Column> columns;
    private final boolean empty;
    private final boolean bounded;

    /** @param bounded whether members are missing by a bound that nobody asked for */
    MemberTask(ShardTask task, List<Column> columns, @Nullable List<String> members, boolean bounded) {
        this.task = task;
        this.columns = columns;
        this.bounded = bounded;
        empty = members != null && members.isEmpty();
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return empty ? null : task.start();
    }

    @Override
    public void add(PartialResult.Rows rows) throws StepFailure {
        task.add(rows);
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        return task.next();
    }

    @Override
    public StepTable finish() throws StepFailure {
        if (empty) {
            return new StepTable(new ResultTable(columns, List.of(), false), bounded);
        }
        StepTable table = task.finish();
        return new StepTable(table.table(), table.bounded() || bounded);
    }

    @Override
    public boolean canMissShards() {
        return task.canMissShards();
    }

    @Override
    public Measures measures() {
        return task.measures();
    }
}
