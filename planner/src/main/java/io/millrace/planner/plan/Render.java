package io.millrace.planner.plan;

import java.util.List;

/**
 * How the sender wants a step shown. The specification itself goes back as it came, with its data.
 *
 * @param spec JSON text of the specification
 * @param step place of the step whose rows are the data
 * @param columns names of the columns to give, in order, null values where the step has none of that name; empty for all
 * @param limit rows to give at most
 */
public record Render(String spec, int step, List<String> columns, int limit) {
    public Render {
        columns = List.copyOf(columns);
    }
}
