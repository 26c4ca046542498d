package io.millrace.planner.cost;

import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** Estimates which share of the rows of a collection a condition keeps, as though conditions had nothing to do with each other. */
final class Selectivity {
    /** Where nothing is known. */
    static final double UNKNOWN = 0.5;

    private static final double RANGE = 1.0 / 3;
    private static final double EQUAL = 0.05;
    private static final double TEXT = 0.1;

    private final @Nullable CollectionEstimate collection;

    Selectivity(@Nullable CollectionEstimate collection) {
        this.collection = collection;
    }

    /** Returns a share from 0 to 1. */
    double of(Predicate predicate) {
        return Math.min(1, Math.max(0, estimate(predicate)));
    }

    private double estimate(Predicate predicate) {
        if (predicate instanceof Predicate.And and) {
            return and.operands().stream().mapToDouble(this::of).reduce(1, (a, b) -> a * b);
        }
        if (predicate instanceof Predicate.Or or) {
            return 1 - or.operands().stream().mapToDouble(each -> 1 - of(each)).reduce(1, (a, b) -> a * b);
        }
        if (predicate instanceof Predicate.Not not) {
            return 1 - of(not.operand());
        }
        if (predicate instanceof Predicate.Compare compare) {
            return compare(compare);
        }
        if (predicate instanceof Predicate.In in) {
            return in.values().stream()
                    .mapToDouble(value -> equal(in.field(), value))
                    .sum();
        }
        if (predicate instanceof Predicate.Exists exists) {
            double present = present(exists.field());
            return exists.expected() ? present : 1 - present;
        }
        return predicate instanceof Predicate.CompareFields ? RANGE : TEXT;
    }

    private double compare(Predicate.Compare compare) {
        Comparison comparison = compare.comparison();
        if (comparison == Comparison.EQ) {
            return equal(compare.field(), compare.value());
        }
        double present = present(compare.field());
        if (comparison == Comparison.NE) {
            return present - equal(compare.field(), compare.value());
        }
        boolean inclusive = comparison == Comparison.LTE || comparison == Comparison.GT;
        double below = below(compare.field(), compare.value(), inclusive);
        if (Double.isNaN(below)) {
            return RANGE * present;
        }
        return comparison == Comparison.LT || comparison == Comparison.LTE ? below : present - below;
    }

    private double present(String name) {
        FieldEstimate field = field(name);
        return field == null ? 1 : share(field.present());
    }

    private double equal(String name, Object value) {
        FieldEstimate field = field(name);
        if (collection != null && field == null) {
            return 1 / Math.max(1, collection.rows()); // The key.
        }
        return field == null ? EQUAL : share(field.rowsEqual(value));
    }

    private double below(String name, Object value, boolean inclusive) {
        FieldEstimate field = field(name);
        return field == null ? Double.NaN : share(field.rowsBelow(value, inclusive));
    }

    private @Nullable FieldEstimate field(String name) {
        return collection == null ? null : collection.field(name);
    }

    private double share(double rows) {
        return collection == null ? rows : rows / Math.max(1, collection.rows());
    }
}
