package io.millrace.planner.query;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.predicate.Comparison;
import java.util.List;
import java.util.function.ToIntFunction;

/** Makes of a condition one over the columns of intermediate rows. */
final class Residual {
    private final ToIntFunction<Value> places;

    /** @param places of values in the row */
    Residual(ToIntFunction<Value> places) {
        this.places = places;
    }

    Condition condition(Clause clause) {
        if (clause instanceof Clause.And and) {
            return new Condition.And(
                    and.operands().stream().map(this::condition).toList());
        }
        if (clause instanceof Clause.Or or) {
            return new Condition.Or(or.operands().stream().map(this::condition).toList());
        }
        if (clause instanceof Clause.Compare compare) {
            return new Condition.Compare(value(compare.left()), compare.comparison(), new Constant(compare.constant()));
        }
        if (clause instanceof Clause.CompareValues compare) {
            return new Condition.Compare(value(compare.left()), compare.comparison(), value(compare.right()));
        }
        if (clause instanceof Clause.In in) {
            return negated(in.value(), new Condition.In(value(in.value()), in.constants()), in.negated());
        }
        if (clause instanceof Clause.Like like) {
            return negated(like.value(), new Condition.Like(place(like.value()), like.pattern()), like.negated());
        }
        Clause.IsNull isNull = (Clause.IsNull) clause;
        return new Condition.IsNull(place(isNull.value()), isNull.expected());
    }

    private Condition negated(Value value, Condition condition, boolean negated) {
        return negated
                ? new Condition.And(List.of(new Condition.IsNull(place(value), false), new Condition.Not(condition)))
                : condition;
    }

    private ColumnValue value(Value value) {
        return new ColumnValue(place(value), false);
    }

    private int place(Value value) {
        return places.applyAsInt(value);
    }

    /** Returns what holds where {@code comparison} does not and both values are there. */
    static Comparison inverse(Comparison comparison) {
        return switch (comparison) {
            case EQ -> Comparison.NE;
            case NE -> Comparison.EQ;
            case GT -> Comparison.LTE;
            case GTE -> Comparison.LT;
            case LT -> Comparison.GTE;
            case LTE -> Comparison.GT;
        };
    }

    /** Returns the comparison with its sides exchanged. */
    static Comparison mirrored(Comparison comparison) {
        return switch (comparison) {
            case EQ, NE -> comparison;
            case GT -> Comparison.LT;
            case GTE -> Comparison.LTE;
            case LT -> Comparison.GT;
            case LTE -> Comparison.GTE;
        };
    }
}
