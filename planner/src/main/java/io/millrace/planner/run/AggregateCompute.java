package io.millrace.planner.run;

import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Groups rows in memory. */
final class AggregateCompute {
    static final Comparator<Object[]> GROUP_ORDER = (left, right) -> Arrays.compare(left, right, ValueOrder.ASCENDING);

    private static final long GROUP_BYTES = 160;

    private final ComputeAggregate step;
    private final MemoryMeter memory;

    AggregateCompute(ComputeAggregate step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    StepTable compute(ResultTable input) throws StepFailure {
        TreeMap<Object[], Accumulator[]> groups = new TreeMap<>(GROUP_ORDER);
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
        return table(step, rows(groups));
    }

    private Accumulator[] accumulators() {
        Accumulator[] all = new Accumulator[step.aggregates().size()];
        Accumulator.RowOrder order = new Accumulator.RowOrder(step.timeColumn(), step.idColumn());
        for (int i = 0; i < all.length; i++) {
            Aggregate aggregate = step.aggregates().get(i);
            String name = step.columns().get(step.groupBy().size() + i).name();
            all[i] = Accumulator.of(aggregate, order, name, memory);
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

    /** Orders and cuts the groups, which come in the order of their values. */
    static StepTable table(ComputeAggregate step, List<Object[]> groups) {
        List<Object[]> rows = groups;
        Comparator<Object[]> order = null;
        for (OrderKey key : step.orderBy()) {
            Comparator<Object[]> next = Rows.by(key.column(), key.descending());
            order = order == null ? next : order.thenComparing(next);
        }
        if (order != null) {
            rows.sort(order);
        }
        boolean cut = rows.size() > step.limit().rows();
        if (cut) {
            rows = List.copyOf(rows.subList(0, step.limit().rows()));
        }
        return new StepTable(
                new ResultTable(step.columns(), rows, cut), cut && !step.limit().asked());
    }
}
