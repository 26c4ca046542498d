package io.millrace.planner.run;

import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.protocol.ResultTable;
import java.util.List;

/** Leaves the first rows out, and those behind the limit. */
final class OffsetCompute {
    private OffsetCompute() {}

    static StepTable of(ComputeOffset step, StepTable input) {
        List<Object[]> rows = input.table().rows();
        int from = Math.min(step.offset(), rows.size());
        int to = (int) Math.min((long) from + step.limit().rows(), rows.size());
        boolean cut = to < rows.size();
        return new StepTable(
                new ResultTable(
                        step.columns(), rows.subList(from, to), input.table().truncated() || cut),
                input.bounded() || (cut && !step.limit().asked()));
    }
}
