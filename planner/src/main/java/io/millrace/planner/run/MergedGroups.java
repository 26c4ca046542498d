package io.millrace.planner.run;

import io.millrace.planner.plan.StepGrouping;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.Grouping.Metric;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The groups of one step, put together from what shards made of their rows. */
final class MergedGroups {
    private static final long GROUP_BYTES = 160;
    private static final long VALUE_BYTES = 64;

    private final StepGrouping grouping;
    private final List<String> names;
    private final MemoryMeter memory;
    private final TreeMap<Object[], Group> groups = new TreeMap<>(AggregateCompute.GROUP_ORDER);

    /** @param names of the metrics' columns */
    MergedGroups(StepGrouping grouping, List<String> names, MemoryMeter memory) {
        this.grouping = grouping;
        this.names = List.copyOf(names);
        this.memory = memory;
    }

    private final class Group {
        /** By metric of the main grouping. */
        private final List<MergedMetric> merged = new ArrayList<>();
        /** By metric of the step; null for those of the main grouping. */
        private final List<@Nullable TreeSet<Object>> distinct = new ArrayList<>();

        Group() {
            int main = 0;
            for (int i = 0; i < names.size(); i++) {
                boolean isDistinct = grouping.distinct().get(i) != null;
                distinct.add(isDistinct ? new TreeSet<>(ValueOrder.ASCENDING) : null);
                if (!isDistinct) {
                    merged.add(MergedMetric.of(grouping.main().metrics().get(main++), names.get(i)));
                }
            }
        }

        void addResults(@Nullable Object[] row, int at) {
            int main = 0;
            for (int i = 0; i < distinct.size(); i++) {
                TreeSet<Object> values = distinct.get(i);
                row[at + i] = values != null
                        ? (Object) (long) values.size()
                        : merged.get(main++).result();
            }
        }
    }

    /** Takes a row of the main grouping: behind its place the keys and then the metrics' cells. */
    void addMain(@Nullable Object[] row) throws StepFailure {
        int keys = grouping.main().keys().size();
        Group group = group(Arrays.copyOfRange(row, 1, 1 + keys));
        int at = 1 + keys;
        List<Metric> metrics = grouping.main().metrics();
        for (int i = 0; i < metrics.size(); i++) {
            group.merged.get(i).merge(row, at);
            at += metrics.get(i).width();
        }
    }

    /** Takes a row of the grouping of a metric's distinct values: behind its place the keys and then a value. */
    void addDistinct(int metric, @Nullable Object[] row) throws StepFailure {
        int keys = grouping.main().keys().size();
        Object value = row[1 + keys];
        TreeSet<Object> values =
                group(Arrays.copyOfRange(row, 1, 1 + keys)).distinct.get(metric);
        if (value != null && values != null && values.add(value)) {
            memory.add(VALUE_BYTES);
        }
    }

    private Group group(Object[] key) throws StepFailure {
        Group group = groups.get(key);
        if (group == null) {
            memory.add(GROUP_BYTES * (1 + names.size()));
            group = new Group();
            groups.put(key, group);
        }
        return group;
    }

    /** Returns the keys and metrics of each group, in the order of the keys. */
    List<Object[]> rows() {
        List<Object[]> rows = new ArrayList<>(groups.size());
        groups.forEach((key, group) -> {
            @Nullable Object[] row = Arrays.copyOf(key, key.length + names.size());
            group.addResults(row, key.length);
            rows.add(row);
        });
        return rows;
    }

    /** Returns the groupings that shards are asked for: the main one, then those of distinct values. */
    static List<Grouping> asked(StepGrouping grouping) {
        List<Grouping> asked = new ArrayList<>();
        asked.add(grouping.main());
        for (Grouping distinct : grouping.distinct()) {
            if (distinct != null) {
                asked.add(distinct);
            }
        }
        return asked;
    }
}
