package io.millrace.planner.run;

import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Groups rows in memory. */
final class AggregateCompute {
    private static final long GROUP_BYTES = 160;

    private final ComputeAggregate step;
    private final MemoryMeter memory;

    AggregateCompute(ComputeAggregate step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    StepTable compute(ResultTable input) throws StepFailure {
        TreeMap<Object[], Accumulator[]> groups =
                new TreeMap<>((left, right) -> Arrays.compare(left, right, ValueOrder.ASCENDING));
        if (step.groupBy().isEmpty()) {
            groups.put(new Object[0], accumulators());
        }
        for (Object[] row : input.rows()) {
            Object[] key = Rows.pick(row, step.groupBy());
            Accumulator[] group = groups.get(key);
            if (group == null) {
                memory.add(GROUP_BYTES * (1 + step.aggregates().size()));
                group = accumulators();
                groups.put(key, group);
            }
            for (Accumulator accumulator : group) {
                accumulator.add(row);
            }
        }
        return new StepTable(new ResultTable(step.columns(), rows(groups), false), false);
    }

    private Accumulator[] accumulators() {
        Accumulator[] all = new Accumulator[step.aggregates().size()];
        for (int i = 0; i < all.length; i++) {
            Aggregate aggregate = step.aggregates().get(i);
            String name = step.columns().get(step.groupBy().size() + i).name();
            all[i] = Accumulator.of(aggregate, step, name, memory);
        }
        return all;
    }

    private static List<Object[]> rows(Map<Object[], Accumulator[]> groups) {
        List<Object[]> rows = new ArrayList<>(groups.size());
        groups.forEach((key, group) -> {
            @Nullable Object[] row = Arrays.copyOf(key, key.length + group.length);
            for (int i = 0; i < group.length; i++) {
                row[key.length + i] = group[i].result();
            }
            rows.add(row);
        });
        return rows;
    }
}
