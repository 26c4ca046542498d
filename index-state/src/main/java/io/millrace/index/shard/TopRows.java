package io.millrace.index.shard;

import io.millrace.index.document.Operand;
import io.millrace.index.document.RowCursor;
import io.millrace.index.document.RowFilter;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Keeps the first rows in the order of some columns and then of the key; a missing value comes last. */
final class TopRows {
    /** A row that may be in the answer. */
    record Row(
            Object key,
            byte[] keyBytes,
            byte[] row,
            @Nullable Object[] order,
            Shard shard) {}

    private final @Nullable Operand[] operands;
    private final Comparator<Row> order;
    private final PriorityQueue<Row> lastFirst;
    private final ArrayDeque<Row> sorted = new ArrayDeque<>();
    private int capacity;

    TopRows(RowFilter filter, List<SortKey> orderBy, int capacity) {
        operands = orderBy.stream().map(key -> filter.operand(key.column())).toArray(Operand[]::new);
        order = comparator(orderBy);
        lastFirst = new PriorityQueue<>(order.reversed());
        this.capacity = capacity;
    }

    private static Comparator<Row> comparator(List<SortKey> orderBy) {
        Comparator<Row> byKey = (a, b) -> ValueOrder.compare(a.key(), b.key());
        return (a, b) -> {
            for (int i = 0; i < orderBy.size(); i++) {
                int sign = compare(a.order()[i], b.order()[i], orderBy.get(i).descending());
                if (sign != 0) {
                    return sign;
                }
            }
            return byKey.compare(a, b);
        };
    }

    private static int compare(@Nullable Object a, @Nullable Object b, boolean descending) {
        int sign = ValueOrder.compare(a, b);
        return descending && a != null && b != null ? -sign : sign;
    }

    /** Makes room for one row more, behind which no other may be lost. */
    void grow() {
        capacity++;
    }

    /** Takes the row that the cursor stands on. */
    void offer(Object key, RowCursor cursor, Shard shard) {
        @Nullable Object[] values = new Object[operands.length];
        for (int i = 0; i < values.length; i++) {
            Operand operand = operands[i];
            values[i] = operand == null ? null : operand.value(cursor);
        }
        Row row = new Row(key, cursor.key(), cursor.row(), values, shard);
        Row last = lastFirst.size() < capacity ? null : lastFirst.peek();
        if (last == null || order.compare(row, last) < 0) {
            lastFirst.add(row);
            if (lastFirst.size() > capacity) {
                lastFirst.poll();
            }
        }
    }

    /** Puts at most so many rows in order, from the last; returns whether more are to be. */
    boolean sortSome(int rows) {
        for (int i = 0; i < rows; i++) {
            Row last = lastFirst.poll();
            if (last == null) {
                return false;
            }
            sorted.addFirst(last);
        }
        return !lastFirst.isEmpty();
    }

    /** Takes out the first of the rows that are in order; null where there is none. */
    @Nullable Row next() {
        return sorted.poll();
    }
}
