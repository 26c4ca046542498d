package io.millrace.planner.run;

import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import org.jspecify.annotations.Nullable;

/** Merges the rows of a vector search by score and then by id. */
final class SearchTask implements ShardTask {
    private final VectorSearch step;
    private final TopRows rows;

    SearchTask(VectorSearch step, MemoryMeter memory) {
        this.step = step;
        boolean descending = !step.search().metric().ascending();
        rows = new TopRows(
                Rows.by(1, descending).thenComparing(Rows.by(0, false)),
                step.search().k(),
                memory);
    }

    @Override
    public FragmentOperation start() {
        return step.search();
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        rows.add(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() {
        return new StepTable(Rows.table(step.columns(), rows.sorted(), step.output(), false), false);
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
