package io.millrace.planner.plan;

import io.millrace.protocol.value.Column;
import java.util.List;

/**
 * What every step has.
 *
 * @param dependencies places of the steps that must have ended well before this one starts, ascending
 * @param timeoutMs counted from the start of the step
 * @param columns of the result
 */
public record StepHead(String id, List<Integer> dependencies, long timeoutMs, List<Column> columns) {
    public StepHead {
        dependencies = List.copyOf(dependencies);
        columns = List.copyOf(columns);
    }
}
