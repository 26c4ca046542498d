package io.millrace.protocol.predicate;

import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueOrder;
import org.jspecify.annotations.Nullable;

/** The meaning of predicates: the one evaluation that coordinators use, and the oracle of the shards' faster one. */
public final class PredicateEvaluator {
    private PredicateEvaluator() {}

    public static boolean matches(Predicate predicate, Predicate.Row row) {
        if (predicate instanceof Predicate.And and) {
            return and.operands().stream().allMatch(operand -> matches(operand, row));
        }
        if (predicate instanceof Predicate.Or or) {
            return or.operands().stream().anyMatch(operand -> matches(operand, row));
        }
        if (predicate instanceof Predicate.Not not) {
            return !matches(not.operand(), row);
        }
        if (predicate instanceof Predicate.Compare compare) {
            return compare(row.value(compare.field()), compare.comparison(), compare.value());
        }
        if (predicate instanceof Predicate.CompareFields compare) {
            return compare(row.value(compare.left()), compare.comparison(), row.value(compare.right()));
        }
        if (predicate instanceof Predicate.In in) {
            Object value = row.value(in.field());
            return in.values().stream().anyMatch(candidate -> compare(value, Comparison.EQ, candidate));
        }
        if (predicate instanceof Predicate.Contains contains) {
            return contains(row.value(contains.field()), contains.value());
        }
        if (predicate instanceof Predicate.StartsWith startsWith) {
            return row.value(startsWith.field()) instanceof String text && text.startsWith(startsWith.prefix());
        }
        if (predicate instanceof Predicate.Like like) {
            return row.value(like.field()) instanceof String text && LikePattern.matches(text, like.pattern());
        }
        Predicate.Exists exists = (Predicate.Exists) predicate;
        return (row.value(exists.field()) != null) == exists.expected();
    }

    /** Returns whether the comparison holds; never where a value is missing or the kinds differ. */
    public static boolean compare(@Nullable Object left, Comparison comparison, @Nullable Object right) {
        return left != null
                && right != null
                && ValueOrder.comparable(left, right)
                && comparison.holds(ValueOrder.compare(left, right));
    }

    /** Returns whether a text has the other as a part, or a JSON array has the value as an element. */
    public static boolean contains(@Nullable Object container, Object value) {
        if (container instanceof String text) {
            return value instanceof String part && text.contains(part);
        }
        return container instanceof JsonText json && JsonArrays.hasElement(json.text(), value);
    }
}
