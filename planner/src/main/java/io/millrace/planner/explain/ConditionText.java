package io.millrace.planner.explain;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.plan.Condition.Operand;
import java.util.List;

/** A condition over the columns of a row as statements would write it. */
final class ConditionText {
    private final List<String> columns;
    private final BoundedText out = new BoundedText();

    private ConditionText(List<String> columns) {
        this.columns = columns;
    }

    /** @param columns the names of the row's columns */
    static String of(Condition condition, List<String> columns) {
        ConditionText text = new ConditionText(columns);
        text.add(condition, false);
        return text.out.toString();
    }

    private void add(Condition condition, boolean nested) {
        if (condition instanceof Condition.And and) {
            out.addOperands(and.operands(), " AND ", "true", nested, this::add);
        } else if (condition instanceof Condition.Or or) {
            out.addOperands(or.operands(), " OR ", "false", nested, this::add);
        } else if (condition instanceof Condition.Not not) {
            out.add("NOT ");
            add(not.operand(), true);
        } else if (condition instanceof Condition.Compare compare) {
            add(compare.left());
            out.add(PredicateText.sign(compare.comparison()));
            add(compare.right());
        } else if (condition instanceof Condition.In in) {
            add(in.operand());
            out.add(" IN ").addValues(in.values());
        } else if (condition instanceof Condition.Like like) {
            out.add(columns.get(like.column())).add(" LIKE ").addValue(like.pattern());
        } else if (condition instanceof Condition.IsNull isNull) {
            out.add(columns.get(isNull.column())).add(isNull.expected() ? " IS NULL" : " IS NOT NULL");
        } else {
            throw new IllegalStateException("no text for " + condition.getClass());
        }
    }

    private void add(Operand operand) {
        if (operand instanceof ColumnValue of) {
            out.add(columns.get(of.column()));
        } else {
            out.addValue(((Constant) operand).constant());
        }
    }
}
