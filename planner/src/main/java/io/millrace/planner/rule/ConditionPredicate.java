package io.millrace.planner.rule;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.plan.Condition.Operand;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says of a condition over rows of a scan what shards can evaluate, where that means the same. */
final class ConditionPredicate {
    private final List<Column> columns;

    /** @param columns of the rows that conditions are over, by names that shards know */
    ConditionPredicate(List<Column> columns) {
        this.columns = columns;
    }

    /** Returns the predicate; null where a part of the condition is none. */
    @Nullable Predicate of(Condition condition) {
        if (condition instanceof Condition.And and) {
            List<Predicate> operands = all(and.operands());
            return operands == null ? null : new Predicate.And(operands);
        }
        if (condition instanceof Condition.Or or) {
            List<Predicate> operands = all(or.operands());
            return operands == null ? null : new Predicate.Or(operands);
        }
        if (condition instanceof Condition.Not not) {
            Predicate operand = of(not.operand());
            return operand == null ? null : new Predicate.Not(operand);
        }
        if (condition instanceof Condition.Compare compare) {
            return compare(compare.left(), compare.comparison(), compare.right());
        }
        if (condition instanceof Condition.In in) {
            String field = field(in.operand());
            return field == null ? null : new Predicate.In(field, in.values());
        }
        if (condition instanceof Condition.Like like) {
            String field = field(like.column());
            return field == null ? null : new Predicate.Like(field, like.pattern());
        }
        Condition.IsNull isNull = (Condition.IsNull) condition;
        String field = field(isNull.column());
        return field == null ? null : new Predicate.Exists(field, !isNull.expected());
    }

    private @Nullable List<Predicate> all(List<Condition> conditions) {
        List<Predicate> predicates = new ArrayList<>();
        for (Condition each : conditions) {
            Predicate predicate = of(each);
            if (predicate == null) {
                return null;
            }
            predicates.add(predicate);
        }
        return predicates;
    }

    private @Nullable Predicate compare(Operand left, Comparison comparison, Operand right) {
        String field = field(left);
        String other = field(right);
        if (field != null && other != null) {
            return new Predicate.CompareFields(field, comparison, other);
        }
        if (field != null && right instanceof Constant constant) {
            return new Predicate.Compare(field, comparison, constant.constant());
        }
        return other != null && left instanceof Constant constant
                ? new Predicate.Compare(other, mirrored(comparison), constant.constant())
                : null;
    }

    private static Comparison mirrored(Comparison comparison) {
        return switch (comparison) {
            case GT -> Comparison.LT;
            case GTE -> Comparison.LTE;
            case LT -> Comparison.GT;
            case LTE -> Comparison.GTE;
            case EQ, NE -> comparison;
        };
    }

    private @Nullable String field(Operand operand) {
        return operand instanceof ColumnValue value && !value.zeroIfMissing() ? field(value.column()) : null;
    }

    /** Vectors are kept apart from the rows that shards look at. */
    private @Nullable String field(int place) {
        Column column = columns.get(place);
        return column.type() == ValueType.VECTOR ? null : column.name();
    }
}
