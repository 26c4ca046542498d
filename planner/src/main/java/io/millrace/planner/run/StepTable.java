package io.millrace.planner.run;

import io.millrace.protocol.ResultTable;
import java.util.Map;

/**
 * The rows of a step that has ended.
 *
 * @param bounded whether rows are missing by a bound that nobody asked for: an aggregate over them would be wrong
 * @param groups of a scan that gives groups instead of rows, the result of each step that they are for, by place
 */
record StepTable(ResultTable table, boolean bounded, Map<Integer, StepTable> groups) {
    StepTable {
        groups = Map.copyOf(groups);
        table = bounded && !table.truncated() ? new ResultTable(table.columns(), table.rows(), true) : table;
    }

    StepTable(ResultTable table, boolean bounded) {
        this(table, bounded, Map.of());
    }
}
