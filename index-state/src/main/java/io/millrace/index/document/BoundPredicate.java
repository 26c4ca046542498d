package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.LikePattern;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.ValueWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A predicate bound to the places of its fields, evaluated on encoded rows. It means exactly what
 * {@link PredicateEvaluator} means; comparisons with whole numbers and texts look at the bytes.
 */
public final class BoundPredicate {
    private static final Operand MISSING = new Operand.Computed(row -> null);

    @FunctionalInterface
    private interface Test {
        boolean holds(RowCursor row);
    }

    private final Test test;

    private BoundPredicate(Test test) {
        this.test = test;
    }

    /** Binds {@code predicate}; a name that {@code resolver} does not know is null on every row. */
    public static BoundPredicate bind(Predicate predicate, Operand.Resolver resolver) {
        return new BoundPredicate(test(predicate, resolver));
    }

    public boolean holds(RowCursor row) {
        return test.holds(row);
    }

    private static Test test(Predicate predicate, Operand.Resolver resolver) {
        if (predicate instanceof Predicate.And and) {
            return all(tests(and.operands(), resolver));
        }
        if (predicate instanceof Predicate.Or or) {
            return any(tests(or.operands(), resolver));
        }
        if (predicate instanceof Predicate.Not not) {
            Test inner = test(not.operand(), resolver);
            return row -> !inner.holds(row);
        }
        if (predicate instanceof Predicate.Compare compare) {
            return compare(operand(compare.field(), resolver), compare.comparison(), compare.value());
        }
        if (predicate instanceof Predicate.CompareFields compare) {
            Operand left = operand(compare.left(), resolver);
            Operand right = operand(compare.right(), resolver);
            return row -> PredicateEvaluator.compare(left.value(row), compare.comparison(), right.value(row));
        }
        if (predicate instanceof Predicate.In in) {
            return in(operand(in.field(), resolver), in.values());
        }
        if (predicate instanceof Predicate.Contains contains) {
            Operand operand = operand(contains.field(), resolver);
            return row -> PredicateEvaluator.contains(operand.value(row), contains.value());
        }
        if (predicate instanceof Predicate.StartsWith startsWith) {
            Operand operand = operand(startsWith.field(), resolver);
            return row -> operand.value(row) instanceof String text && text.startsWith(startsWith.prefix());
        }
        if (predicate instanceof Predicate.Like like) {
            Operand operand = operand(like.field(), resolver);
            return row -> operand.value(row) instanceof String text && LikePattern.matches(text, like.pattern());
        }
        Predicate.Exists exists = (Predicate.Exists) predicate;
        Operand operand = operand(exists.field(), resolver);
        return row -> operand.exists(row) == exists.expected();
    }

    private static Test[] tests(List<Predicate> operands, Operand.Resolver resolver) {
        Test[] tests = new Test[operands.size()];
        for (int i = 0; i < tests.length; i++) {
            tests[i] = test(operands.get(i), resolver);
        }
        return tests;
    }

    private static Test all(Test[] tests) {
        return row -> {
            for (Test test : tests) {
                if (!test.holds(row)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static Test any(Test[] tests) {
        return row -> {
            for (Test test : tests) {
                if (test.holds(row)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static Operand operand(String name, Operand.Resolver resolver) {
        Operand operand = resolver.resolve(name);
        return operand == null ? MISSING : operand;
    }

    private static Test compare(Operand operand, Comparison comparison, Object constant) {
        Test general = row -> PredicateEvaluator.compare(operand.value(row), comparison, constant);
        if (!(operand instanceof Operand.Stored stored)) {
            return general;
        }
        int ordinal = stored.ordinal();
        if (constant instanceof Long number) {
            long right = number;
            return row -> row.hasTag(ordinal, ValueWriter.LONG)
                    ? comparison.holds(Long.compare(row.longValue(ordinal), right))
                    : general.holds(row);
        }
        // A text with half a surrogate pair has no UTF-8 form of its own.
        if (constant instanceof String text && Bytes.text(Bytes.utf8(text)).equals(text)) {
            byte[] right = Bytes.utf8(text);
            return row -> row.hasTag(ordinal, ValueWriter.STRING)
                    ? comparison.holds(row.compareString(ordinal, right))
                    : general.holds(row);
        }
        return general;
    }

    private static Test in(Operand operand, List<Object> constants) {
        if (constants.stream().allMatch(String.class::isInstance)) {
            Set<Object> texts = new HashSet<>(constants);
            return row -> texts.contains(operand.value(row));
        }
        return row -> {
            Object value = operand.value(row);
            return value != null && isOneOf(value, constants);
        };
    }

    private static boolean isOneOf(@Nullable Object value, List<Object> constants) {
        for (Object constant : constants) {
            if (PredicateEvaluator.compare(value, Comparison.EQ, constant)) {
                return true;
            }
        }
        return false;
    }
}
