package io.millrace.planner.query;

import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes of a condition what shards can evaluate, where it asks for fields of one relation alone. */
final class Pushdown {
    private final Relation relation;

    Pushdown(Relation relation) {
        this.relation = relation;
    }

    /** Returns the predicate that means the same; null where shards cannot evaluate it. */
    @Nullable Predicate predicate(Clause clause) {
        List<Value> values = new ArrayList<>();
        clause.collect(values);
        return values.stream().allMatch(this::isStored) ? of(clause) : null;
    }

    private boolean isStored(Value value) {
        return value instanceof Field field && field.relation() == relation.place() && relation.isStored(field.name());
    }

    private static Predicate of(Clause clause) {
        if (clause instanceof Clause.And and) {
            return new Predicate.And(and.operands().stream().map(Pushdown::of).toList());
        }
        if (clause instanceof Clause.Or or) {
            return new Predicate.Or(or.operands().stream().map(Pushdown::of).toList());
        }
        if (clause instanceof Clause.Compare compare) {
            return new Predicate.Compare(name(compare.left()), compare.comparison(), compare.constant());
        }
        if (clause instanceof Clause.CompareValues compare) {
            return new Predicate.CompareFields(name(compare.left()), compare.comparison(), name(compare.right()));
        }
        if (clause instanceof Clause.In in) {
            return negated(name(in.value()), new Predicate.In(name(in.value()), in.constants()), in.negated());
        }
        if (clause instanceof Clause.Like like) {
            return negated(name(like.value()), like(name(like.value()), like.pattern()), like.negated());
        }
        Clause.IsNull isNull = (Clause.IsNull) clause;
        return new Predicate.Exists(name(isNull.value()), !isNull.expected());
    }

    /** A pattern that is but a beginning or a part is looked for as such. */
    private static Predicate like(String field, String pattern) {
        int length = pattern.length();
        boolean open = length > 1 && pattern.endsWith("%");
        String prefix = open ? pattern.substring(0, length - 1) : "%";
        if (isPlain(prefix)) {
            return new Predicate.StartsWith(field, prefix);
        }
        boolean part = open && prefix.startsWith("%") && isPlain(prefix.substring(1));
        return part ? new Predicate.Contains(field, prefix.substring(1)) : new Predicate.Like(field, pattern);
    }

    private static boolean isPlain(String pattern) {
        return pattern.chars().noneMatch(c -> c == '%' || c == '_' || c == '\\');
    }

    private static Predicate negated(String field, Predicate predicate, boolean negated) {
        return negated
                ? new Predicate.And(List.of(new Predicate.Exists(field, true), new Predicate.Not(predicate)))
                : predicate;
    }

    private static String name(Value value) {
        return ((Field) value).name();
    }
}
