package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.ConditionParser.ColumnContext;
import io.millrace.planner.grammar.ConditionParser.ComparisonContext;
import io.millrace.planner.grammar.ConditionParser.ConditionContext;
import io.millrace.planner.grammar.ConditionParser.ConjunctionContext;
import io.millrace.planner.grammar.ConditionParser.ConstantContext;
import io.millrace.planner.grammar.ConditionParser.DisjunctionContext;
import io.millrace.planner.grammar.ConditionParser.FlagContext;
import io.millrace.planner.grammar.ConditionParser.GroupContext;
import io.millrace.planner.grammar.ConditionParser.MembershipContext;
import io.millrace.planner.grammar.ConditionParser.NegationContext;
import io.millrace.planner.grammar.ConditionParser.NullnessContext;
import io.millrace.planner.grammar.ConditionParser.OperandContext;
import io.millrace.planner.grammar.ConditionParser.PrimaryContext;
import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.plan.Condition.Operand;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a condition of its syntax tree: finds the columns and makes the constants fit them. */
final class ConditionBuilder {
    private static final Condition NEVER = new Condition.Or(List.of());

    private final ColumnScope scope;
    private final Map<String, JsonNode> parameters;
    private final List<Problem> problems;
    private final String path;

    ConditionBuilder(ColumnScope scope, Map<String, JsonNode> parameters, List<Problem> problems, String path) {
        this.scope = scope;
        this.parameters = parameters;
        this.problems = problems;
        this.path = path;
    }

    @Nullable Condition build(ConditionContext tree) {
        int before = problems.size();
        Condition condition = disjunction(tree.disjunction());
        return problems.size() == before ? condition : null;
    }

    private Condition disjunction(DisjunctionContext tree) {
        List<Condition> operands =
                tree.conjunction().stream().map(this::conjunction).toList();
        return operands.size() == 1 ? operands.get(0) : new Condition.Or(operands);
    }

    private Condition conjunction(ConjunctionContext tree) {
        List<Condition> operands = tree.negation().stream().map(this::negation).toList();
        return operands.size() == 1 ? operands.get(0) : new Condition.And(operands);
    }

    private Condition negation(NegationContext tree) {
        return tree.NOT() == null ? primary(tree.primary()) : new Condition.Not(negation(tree.negation()));
    }

    private Condition primary(PrimaryContext tree) {
        if (tree instanceof GroupContext group) {
            return disjunction(group.disjunction());
        }
        if (tree instanceof ComparisonContext comparison) {
            return comparison(comparison);
        }
        if (tree instanceof MembershipContext membership) {
            return membership(membership);
        }
        if (tree instanceof NullnessContext nullness) {
            int column = find(nullness.column());
            return column < 0 ? NEVER : new Condition.IsNull(column, nullness.NOT() == null);
        }
        return flag((FlagContext) tree);
    }

    private Condition flag(FlagContext tree) {
        int column = find(tree.column());
        if (column < 0) {
            return NEVER;
        }
        if (scope.column(column).type() != ValueType.BOOLEAN) {
            return report("column \"" + name(tree.column()) + "\" is no BOOLEAN: compare it with something");
        }
        return new Condition.Compare(new ColumnValue(column, false), Comparison.EQ, new Constant(true));
    }

    private Condition comparison(ComparisonContext tree) {
        Comparison comparison = comparisonOf(tree.comparator().getText());
        OperandContext left = tree.operand(0);
        OperandContext right = tree.operand(1);
        if (isNull(left) || isNull(right)) {
            return compareWithNull(isNull(left) ? right : left, comparison);
        }
        int leftColumn = left.column() == null ? -1 : find(left.column());
        int rightColumn = right.column() == null ? -1 : find(right.column());
        if ((left.column() != null && leftColumn < 0) || (right.column() != null && rightColumn < 0)) {
            return NEVER;
        }
        Operand a = left.column() == null ? constant(left.constant(), rightColumn) : value(leftColumn);
        Operand b = right.column() == null ? constant(right.constant(), leftColumn) : value(rightColumn);
        if (a == null || b == null) {
            return NEVER;
        }
        if (leftColumn >= 0 && rightColumn >= 0 && !comparable(leftColumn, rightColumn)) {
            return report("columns \"" + name(left.column()) + "\" and \"" + name(right.column())
                    + "\" have types that cannot be compared");
        }
        return new Condition.Compare(a, comparison, b);
    }

    private Condition compareWithNull(OperandContext other, Comparison comparison) {
        if (other.column() == null || (comparison != Comparison.EQ && comparison != Comparison.NE)) {
            return report("null can only be compared with a column, by == or !=");
        }
        int column = find(other.column());
        return column < 0 ? NEVER : new Condition.IsNull(column, comparison == Comparison.EQ);
    }

    private Condition membership(MembershipContext tree) {
        int column = tree.operand().column() == null ? -1 : find(tree.operand().column());
        if (tree.operand().column() == null) {
            return report("in needs a column on its left");
        }
        if (column < 0) {
            return NEVER;
        }
        List<Object> values = new ArrayList<>();
        for (ConstantContext each : tree.constant()) {
            Constant constant = constant(each, column);
            if (constant != null) {
                values.add(constant.constant());
            }
        }
        Condition in = new Condition.In(value(column), values);
        return tree.NOT() == null ? in : new Condition.Not(in);
    }

    private ColumnValue value(int column) {
        return new ColumnValue(column, scope.isCount(column));
    }

    private boolean comparable(int left, int right) {
        ValueType a = scope.column(left).type();
        ValueType b = scope.column(right).type();
        return a == b || (a.isNumeric() && b.isNumeric());
    }

    private int find(ColumnContext tree) {
        String name = name(tree);
        int column = scope.find(name);
        if (column < 0) {
            problems.add(scope.unknown(name, path));
        }
        return column;
    }

    private static String name(ColumnContext tree) {
        return tree.name().stream()
                .map(part -> ConditionReader.name(part.getText()))
                .collect(Collectors.joining("."));
    }

    private static boolean isNull(OperandContext tree) {
        return tree.constant() != null && tree.constant().NULL() != null;
    }

    /** Returns the constant as a value of the column's type; null with a problem where that is impossible. */
    private @Nullable Constant constant(ConstantContext tree, int column) {
        Object raw = raw(tree);
        if (raw == null) {
            return null;
        }
        if (column < 0) {
            return new Constant(raw);
        }
        ValueType type = scope.column(column).type();
        Object value = type == ValueType.INT && raw instanceof Double ? raw : Values.coerce(raw, type);
        if (value == null || type == ValueType.JSON) {
            report(tree.getText() + " cannot be compared with column \""
                    + scope.column(column).name() + "\", which is a " + type);
            return null;
        }
        return new Constant(value);
    }

    private @Nullable Object raw(ConstantContext tree) {
        String text = tree.getText();
        if (tree.NUMBER() != null) {
            Object whole = text.indexOf('.') < 0 ? Values.coerce(text, ValueType.INT) : null;
            return whole == null ? reported(Values.coerce(text, ValueType.DOUBLE), text) : whole;
        }
        if (tree.STRING() != null) {
            String quote = text.substring(0, 1);
            return text.substring(1, text.length() - 1).replace(quote + quote, quote);
        }
        if (tree.PARAMETER() != null) {
            return parameter(text.substring(1));
        }
        return tree.NULL() == null ? (Object) (tree.TRUE() != null) : reported(null, text);
    }

    private @Nullable Object parameter(String name) {
        JsonNode value = parameters.get(name);
        Object scalar = value == null ? null : Values.scalar(value);
        if (scalar == null) {
            problems.add(Parameters.missing(name, value, parameters.keySet(), path));
        }
        return scalar;
    }

    private @Nullable Object reported(@Nullable Object value, String text) {
        if (value == null) {
            report(JsonObject.shortened(text) + " cannot stand here");
        }
        return value;
    }

    private Condition report(String message) {
        problems.add(Problem.at(ErrorCode.INVALID_CONDITION, path, message));
        return NEVER;
    }

    private static Comparison comparisonOf(String sign) {
        return switch (sign) {
            case "!=", "<>" -> Comparison.NE;
            case "<" -> Comparison.LT;
            case "<=" -> Comparison.LTE;
            case ">" -> Comparison.GT;
            case ">=" -> Comparison.GTE;
            default -> Comparison.EQ;
        };
    }
}
