package io.millrace.protocol.predicate;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A condition over the fields of one row. A comparison with a value that is missing does not hold, whatever the
 * comparison, and neither does one of two values of different kinds; {@link Exists} asks for the value itself.
 */
public sealed interface Predicate {
    Predicate ALWAYS = new And(List.of());

    /** Holds if every operand does; without operands, always. */
    record And(List<Predicate> operands) implements Predicate {
        public And {
            operands = List.copyOf(operands);
        }
    }

    record Or(List<Predicate> operands) implements Predicate {
        public Or {
            operands = List.copyOf(operands);
        }
    }

    record Not(Predicate operand) implements Predicate {}

    /** Compares a field with a constant of its type. */
    record Compare(String field, Comparison comparison, Object value) implements Predicate {}

    /** Compares two fields of the row. */
    record CompareFields(String left, Comparison comparison, String right) implements Predicate {}

    record In(String field, List<Object> values) implements Predicate {
        public In {
            values = List.copyOf(values);
        }
    }

    /** Holds if a STRING contains the text, or a JSON array has the value as an element. */
    record Contains(String field, Object value) implements Predicate {}

    record StartsWith(String field, String prefix) implements Predicate {}

    /** Holds if a STRING matches the {@link LikePattern}. */
    record Like(String field, String pattern) implements Predicate {}

    /** Holds if the field has a value, or with {@code expected} false if it has none. */
    record Exists(String field, boolean expected) implements Predicate {}

    /** Returns the names of all fields that the predicate reads. */
    default Set<String> fields() {
        Set<String> names = new TreeSet<>();
        collect(this, names);
        return names;
    }

    private static void collect(Predicate predicate, Set<String> names) {
        if (predicate instanceof And and) {
            and.operands().forEach(operand -> collect(operand, names));
        } else if (predicate instanceof Or or) {
            or.operands().forEach(operand -> collect(operand, names));
        } else if (predicate instanceof Not not) {
            collect(not.operand(), names);
        } else if (predicate instanceof Compare compare) {
            names.add(compare.field());
        } else if (predicate instanceof CompareFields compare) {
            names.add(compare.left());
            names.add(compare.right());
        } else if (predicate instanceof In in) {
            names.add(in.field());
        } else if (predicate instanceof Contains contains) {
            names.add(contains.field());
        } else if (predicate instanceof StartsWith startsWith) {
            names.add(startsWith.field());
        } else if (predicate instanceof Like like) {
            names.add(like.field());
        } else if (predicate instanceof Exists exists) {
            names.add(exists.field());
        }
    }

    /** Looks up the value of a field of the row at hand. */
    @FunctionalInterface
    interface Row {
        @Nullable Object value(String field);
    }
}
