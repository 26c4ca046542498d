package io.millrace.planner.plan;

import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.protocol.Problem;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.List;

/** The answer to a change of the catalog: why it was refused, or one row {@code object, changed}. */
public final class CommandAnswers {
    private static final List<Column> COLUMNS =
            List.of(new Column("object", ValueType.STRING), new Column("changed", ValueType.BOOLEAN));

    private CommandAnswers() {}

    public static Answer of(String object, ControlOutcome outcome) {
        Problem problem = outcome.problem();
        if (problem != null) {
            return Answer.error(problem);
        }
        List<Object[]> rows = List.<Object[]>of(new Object[] {object, outcome.changed()});
        return Answer.table(new ResultTable(COLUMNS, rows, false));
    }
}
