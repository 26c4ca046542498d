package io.millrace.planner.run;

import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.Grouping.Metric;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.ExactSum;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a shard makes of its rows for {@link AggregateDocuments}, written for clarity. */
final class FakeGroups {
    private static final Comparator<Object[]> BY_VALUES =
            (left, right) -> Arrays.compare(left, right, ValueOrder.ASCENDING);

    private FakeGroups() {}

    static List<Object[]> of(AggregateDocuments operation, List<Map<String, Object>> rows) {
        List<Object[]> result = new ArrayList<>();
        for (int i = 0; i < operation.groupings().size(); i++) {
            addGroups(i, operation.groupings().get(i), rows, result);
        }
        int width = result.stream().mapToInt(row -> row.length).max().orElse(0);
        result.replaceAll(row -> Arrays.copyOf(row, width));
        return result;
    }

    private static void addGroups(int place, Grouping grouping, List<Map<String, Object>> rows, List<Object[]> result) {
        TreeMap<Object[], List<Map<String, Object>>> groups = new TreeMap<>(BY_VALUES);
        if (grouping.keys().isEmpty()) {
            groups.put(new Object[0], new ArrayList<>());
        }
        for (Map<String, Object> row : rows) {
            Object[] key = key(grouping, row);
            if (key != null && PredicateEvaluator.matches(grouping.filter(), row::get)) {
                groups.computeIfAbsent(key, none -> new ArrayList<>()).add(row);
            }
        }
        groups.forEach((key, members) -> {
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add((long) place);
            cells.addAll(Arrays.asList(key));
            grouping.metrics().forEach(metric -> addCells(metric, members, cells));
            result.add(cells.toArray());
        });
    }

    private static Object @Nullable [] key(Grouping grouping, Map<String, Object> row) {
        @Nullable Object[] key = new Object[grouping.keys().size()];
        for (int i = 0; i < key.length; i++) {
            Grouping.Key each = grouping.keys().get(i);
            TimeBucket bucket = each.bucket();
            Object value = row.get(each.column());
            if (bucket != null && value == null) {
                return null;
            }
            key[i] = bucket == null ? value : (Object) bucket.floor((Long) Objects.requireNonNull(value));
        }
        return key;
    }

    private static void addCells(Metric metric, List<Map<String, Object>> members, List<@Nullable Object> cells) {
        List<Map<String, Object>> having = members.stream()
                .filter(row -> metric.column() == null || row.get(metric.column()) != null)
                .toList();
        switch (metric.function()) {
            case COUNT -> cells.add((long) having.size());
            case SUM -> cells.add(having.isEmpty() ? null : sum(metric, having));
            case AVG -> {
                cells.add(having.isEmpty() ? null : exact(metric, having).parts());
                cells.add((long) having.size());
            }
            case MIN, MAX -> {
                List<@Nullable Object> values = new ArrayList<>();
                having.forEach(row -> values.add(row.get(metric.column())));
                cells.add(
                        values.isEmpty()
                                ? null
                                : metric.function() == io.millrace.protocol.fragment.AggregateFunction.MIN
                                        ? Collections.min(values, ValueOrder.ASCENDING)
                                        : Collections.max(values, ValueOrder.ASCENDING));
            }
            default -> {
                List<Map<String, Object>> inTime = new ArrayList<>(having);
                inTime.sort(Comparator.<Map<String, Object>, Object>comparing(
                                row -> row.get("@timestamp"), ValueOrder.ASCENDING)
                        .thenComparing(row -> row.get("id"), ValueOrder.ASCENDING));
                boolean first = metric.function() == io.millrace.protocol.fragment.AggregateFunction.FIRST;
                Map<String, Object> edge = inTime.isEmpty() ? Map.of() : inTime.get(first ? 0 : inTime.size() - 1);
                cells.addAll(Arrays.asList(edge.get("@timestamp"), edge.get("id"), edge.get(metric.column())));
            }
        }
    }

    private static Object sum(Metric metric, List<Map<String, Object>> rows) {
        return metric.whole()
                ? (Object) rows.stream()
                        .mapToLong(row -> (Long) Objects.requireNonNull(row.get(metric.column())))
                        .sum()
                : exact(metric, rows).parts();
    }

    private static ExactSum exact(Metric metric, List<Map<String, Object>> rows) {
        ExactSum sum = new ExactSum();
        rows.forEach(row -> sum.add(((Number) Objects.requireNonNull(row.get(metric.column()))).doubleValue()));
        return sum;
    }
}
