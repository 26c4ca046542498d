package io.millrace.planner.run;

import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small things that every step does with rows. */
final class Rows {
    private Rows() {}

    /** Orders by the value at a place; a missing one comes last either way. */
    static Comparator<Object[]> by(int place, boolean descending) {
        return (left, right) -> {
            Object a = left[place];
            Object b = right[place];
            int sign = ValueOrder.compare(a, b);
            return descending && a != null && b != null ? -sign : sign;
        };
    }

    static @Nullable Object[] pick(@Nullable Object[] row, List<Integer> places) {
        @Nullable Object[] picked = new @Nullable Object[places.size()];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = row[places.get(i)];
        }
        return picked;
    }

    static ResultTable table(List<Column> columns, List<Object[]> shardRows, List<Integer> output, boolean truncated) {
        List<Object[]> rows = new ArrayList<>(shardRows.size());
        for (Object[] row : shardRows) {
            rows.add(pick(row, output));
        }
        return new ResultTable(columns, rows, truncated);
    }
}
