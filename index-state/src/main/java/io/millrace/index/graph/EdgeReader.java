package io.millrace.index.graph;

import io.millrace.index.document.BoundPredicate;
import io.millrace.index.document.Operand;
import io.millrace.index.document.RowCursor;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which edges of a type are meant, and reads columns of those. A name stands for a property of the edge, and where
 * no property has the name also for {@code type}, {@code weight}, {@code first_seen}, {@code last_seen}, {@code id} and
 * {@code @timestamp}.
 */
final class EdgeReader {
    private final EdgeBinding type;
    private final @Nullable TimeRange timeRange;
    private final RowCursor cursor;
    private final BoundPredicate predicate;
    private final @Nullable Operand[] columns;

    EdgeReader(EdgeBinding type, Predicate filter, @Nullable TimeRange timeRange, List<String> columns) {
        this.type = type;
        this.timeRange = timeRange;
        cursor = new RowCursor(type.table().size());
        predicate = BoundPredicate.bind(filter, this::operand);
        this.columns = columns.stream().map(this::operand).toArray(Operand[]::new);
    }

    private @Nullable Operand operand(String name) {
        int ordinal = type.table().find(name);
        if (ordinal >= 0) {
            cursor.want(ordinal);
            return new Operand.Stored(ordinal);
        }
        return switch (name) {
            case "type" -> new Operand.Computed(row -> type.type().name());
            case "weight" -> new Operand.Computed(row -> EdgeFormat.weight(row.row()));
            case "first_seen" -> new Operand.Computed(row -> EdgeFormat.firstSeenMs(row.row()));
            case "last_seen" -> new Operand.Computed(row -> EdgeFormat.lastSeenMs(row.row()));
            case FragmentOperation.TIMESTAMP -> new Operand.Computed(row -> EdgeFormat.eventTimeMs(row.row()));
            case FragmentOperation.ID -> new Operand.Computed(row -> EdgeFormat.id(row.key()));
            default -> null;
        };
    }

    /** Stands on the edge and returns whether it is meant. */
    boolean passes(byte[] key, byte[] value) {
        if (timeRange != null && !timeRange.contains(EdgeFormat.eventTimeMs(value))) {
            return false;
        }
        cursor.reset(key, value, EdgeFormat.ENTRIES);
        return predicate.holds(cursor);
    }

    /** Returns the columns of the edge that this stands on; an unknown one is null. */
    @Nullable Object[] columns() {
        @Nullable Object[] values = new @Nullable Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            Operand operand = columns[i];
            values[i] = operand == null ? null : operand.value(cursor);
        }
        return values;
    }
}
