package io.millrace.planner.query;

import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.predicate.Comparison;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition without NOT: that has been pushed to the leaves, where a comparison with a missing value holds neither as
 * it stands nor negated.
 */
sealed interface Clause {
    /** Holds for no row. */
    Clause NEVER = new Or(List.of());

    record And(List<Clause> operands) implements Clause {
        public And {
            operands = List.copyOf(operands);
        }
    }

    record Or(List<Clause> operands) implements Clause {
        public Or {
            operands = List.copyOf(operands);
        }
    }

    /** @param constant fits the type of {@code left} */
    record Compare(Value left, Comparison comparison, Object constant) implements Clause {}

    record CompareValues(Value left, Comparison comparison, Value right) implements Clause {}

    /** @param negated whether the value must be there and be none of these */
    record In(Value value, List<Object> constants, boolean negated) implements Clause {
        public In {
            constants = List.copyOf(constants);
        }
    }

    /** @param negated whether the value must be there and not match */
    record Like(Value value, String pattern, boolean negated) implements Clause {}

    record IsNull(Value value, boolean expected) implements Clause {}

    /** Adds every value that the condition reads to {@code values}. */
    default void collect(Collection<? super Value> values) {
        if (this instanceof And and) {
            and.operands().forEach(operand -> operand.collect(values));
        } else if (this instanceof Or or) {
            or.operands().forEach(operand -> operand.collect(values));
        } else if (this instanceof Compare compare) {
            values.add(compare.left());
        } else if (this instanceof CompareValues compare) {
            values.add(compare.left());
            values.add(compare.right());
        } else if (this instanceof In in) {
            values.add(in.value());
        } else if (this instanceof Like like) {
            values.add(like.value());
        } else if (this instanceof IsNull isNull) {
            values.add(isNull.value());
        }
    }

    /** Returns both conditions in one; null for none at all. */
    static @Nullable Clause all(List<Clause> clauses) {
        return clauses.isEmpty() ? null : clauses.size() == 1 ? clauses.get(0) : new And(clauses);
    }
}
