package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Filters and joins rows in memory. */
final class FilterCompute {
    private static final Comparator<Object[]> KEYS = (left, right) -> Arrays.compare(left, right, ValueOrder.ASCENDING);

    private final ComputeFilter step;
    private final MemoryMeter memory;
    private final List<Object[]> matched = new ArrayList<>();
    private long offered;
    private long passed;

    FilterCompute(ComputeFilter step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    StepTable compute(ResultTable input, @Nullable ResultTable joined) throws StepFailure {
        Join join = step.join();
        if (join == null || joined == null) {
            for (Object[] row : input.rows()) {
                keep(row);
            }
        } else {
            join(input, joined, join);
        }
        return result();
    }

    private void join(ResultTable input, ResultTable joined, Join join) throws StepFailure {
        TreeMap<Object[], List<Object[]>> index = index(joined, join.joinedKeys());
        boolean pairs = join.type() == JoinType.INNER || join.type() == JoinType.LEFT;
        int width = joined.columns().size();
        for (Object[] row : input.rows()) {
            Object[] key = key(row, join.inputKeys());
            List<Object[]> matches = key == null ? List.of() : index.getOrDefault(key, List.of());
            if (!pairs) {
                if (matches.isEmpty() == (join.type() == JoinType.ANTI)) {
                    keep(row);
                }
                continue;
            }
            for (Object[] match : matches) {
                keep(combine(row, match, width));
            }
            if (matches.isEmpty() && join.type() == JoinType.LEFT) {
                keep(combine(row, new @Nullable Object[width], width));
            }
        }
    }

    private static TreeMap<Object[], List<Object[]>> index(ResultTable joined, List<Integer> keys) {
        TreeMap<Object[], List<Object[]>> index = new TreeMap<>(KEYS);
        for (Object[] row : joined.rows()) {
            Object[] key = key(row, keys);
            if (key != null) {
                index.computeIfAbsent(key, each -> new ArrayList<>(1)).add(row);
            }
        }
        return index;
    }

    /** Returns the values of the key; null where one is missing, which equals nothing. */
    private static Object @Nullable [] key(Object[] row, List<Integer> places) {
        Object[] key = Rows.pick(row, places);
        for (Object value : key) {
            if (value == null) {
                return null;
            }
        }
        return key;
    }

    private static Object[] combine(Object[] row, @Nullable Object[] match, int width) {
        Object[] both = Arrays.copyOf(row, row.length + width);
        System.arraycopy(match, 0, both, row.length, width);
        return both;
    }

    private void keep(Object[] row) throws StepFailure {
        Condition condition = step.condition();
        boolean enough =
                step.orderBy().isEmpty() && matched.size() > step.limit().rows();
        offered++;
        if (!enough && (condition == null || condition.holds(row))) {
            passed++;
            memory.add(MemoryMeter.shellBytes(row.length));
            matched.add(row);
        }
    }

    /** Returns how many rows the join gave, and how many passed the condition before there were enough. */
    Measures measures() {
        Map<NodeKind, Long> rows = new EnumMap<>(NodeKind.class);
        if (step.join() != null) {
            rows.put(NodeKind.JOIN, offered);
        }
        if (step.condition() != null) {
            rows.put(NodeKind.FILTER, passed);
        }
        return Measures.rows(rows);
    }

    private StepTable result() {
        Comparator<Object[]> order = null;
        for (OrderKey key : step.orderBy()) {
            Comparator<Object[]> next = Rows.by(key.column(), key.descending());
            order = order == null ? next : order.thenComparing(next);
        }
        if (order != null) {
            matched.sort(order);
        }
        int limit = step.limit().rows();
        boolean cut = matched.size() > limit;
        List<Object[]> rows = cut ? matched.subList(0, limit) : matched;
        return new StepTable(
                Rows.table(step.columns(), rows, step.output(), cut),
                cut && !step.limit().asked());
    }
}
