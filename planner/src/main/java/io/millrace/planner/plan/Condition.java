package io.millrace.planner.plan;

import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.LikePattern;
import io.millrace.protocol.predicate.PredicateEvaluator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition over the columns of one intermediate row. As in {@link io.millrace.protocol.predicate.Predicate}, a
 * comparison with a value that is missing does not hold, whatever the comparison.
 */
public sealed interface Condition {
    boolean holds(@Nullable Object[] row);

    record And(List<Condition> operands) implements Condition {
        public And {
            operands = List.copyOf(operands);
        }

        @Override
        public boolean holds(@Nullable Object[] row) {
            return operands.stream().allMatch(operand -> operand.holds(row));
        }
    }

    record Or(List<Condition> operands) implements Condition {
        public Or {
            operands = List.copyOf(operands);
        }

        @Override
        public boolean holds(@Nullable Object[] row) {
            return operands.stream().anyMatch(operand -> operand.holds(row));
        }
    }

    record Not(Condition operand) implements Condition {
        @Override
        public boolean holds(@Nullable Object[] row) {
            return !operand.holds(row);
        }
    }

    record Compare(Operand left, Comparison comparison, Operand right) implements Condition {
        @Override
        public boolean holds(@Nullable Object[] row) {
            return PredicateEvaluator.compare(left.value(row), comparison, right.value(row));
        }
    }

    record In(Operand operand, List<Object> values) implements Condition {
        public In {
            values = List.copyOf(values);
        }

        @Override
        public boolean holds(@Nullable Object[] row) {
            Object value = operand.value(row);
            return values.stream().anyMatch(each -> PredicateEvaluator.compare(value, Comparison.EQ, each));
        }
    }

    /** Holds if a STRING matches the {@link LikePattern}. */
    record Like(int column, String pattern) implements Condition {
        @Override
        public boolean holds(@Nullable Object[] row) {
            return row[column] instanceof String text && LikePattern.matches(text, pattern);
        }
    }

    /** Asks for the value as it is: a missing count is null here, although it compares as 0. */
    record IsNull(int column, boolean expected) implements Condition {
        @Override
        public boolean holds(@Nullable Object[] row) {
            return (row[column] == null) == expected;
        }
    }

    /** A side of a comparison. */
    sealed interface Operand {
        @Nullable Object value(@Nullable Object[] row);
    }

    /** @param zeroIfMissing whether the column is a count, so that a missing value compares as 0 */
    record ColumnValue(int column, boolean zeroIfMissing) implements Operand {
        @Override
        public @Nullable Object value(@Nullable Object[] row) {
            Object value = row[column];
            return value == null && zeroIfMissing ? (Object) 0L : value;
        }
    }

    record Constant(Object constant) implements Operand {
        @Override
        public Object value(@Nullable Object[] row) {
            return constant;
        }
    }
}
