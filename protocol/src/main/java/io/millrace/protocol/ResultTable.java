package io.millrace.protocol;

import io.millrace.protocol.value.Column;
import java.util.List;

/**
 * The rows of a step.
 *
 * @param rows as wide as {@code columns}; a value is null or of the class that {@link
 *     io.millrace.protocol.value.ValueType} names for its column
 * @param truncated whether there were more rows than a limit let through
 */
public record ResultTable(List<Column> columns, List<Object[]> rows, boolean truncated) {
    public ResultTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** Returns the place of the column, or -1. */
    public int columnIndex(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns this table with its first {@code count} rows, marked as truncated if that cuts any. */
    public ResultTable head(int count) {
        return count >= rows.size() ? this : new ResultTable(columns, rows.subList(0, count), true);
    }
}
