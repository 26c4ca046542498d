package io.millrace.planner.explain;

import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** A condition over fields as statements would write it. */
final class PredicateText {
    private final BoundedText out;

    private PredicateText(BoundedText out) {
        this.out = out;
    }

    /** Returns the text; null for what every row passes. */
    static @Nullable String of(Predicate predicate) {
        if (predicate.equals(Predicate.ALWAYS)) {
            return null;
        }
        BoundedText out = new BoundedText();
        new PredicateText(out).add(predicate, false);
        return out.toString();
    }

    static void addTo(Predicate predicate, BoundedText out) {
        new PredicateText(out).add(predicate, true);
    }

    /** @param nested whether a conjunction or disjunction needs parentheses */
    private void add(Predicate predicate, boolean nested) {
        if (predicate instanceof Predicate.And and) {
            out.addOperands(and.operands(), " AND ", "true", nested, this::add);
        } else if (predicate instanceof Predicate.Or or) {
            out.addOperands(or.operands(), " OR ", "false", nested, this::add);
        } else if (predicate instanceof Predicate.Not not) {
            out.add("NOT ");
            add(not.operand(), true);
        } else if (predicate instanceof Predicate.Compare compare) {
            out.add(compare.field()).add(sign(compare.comparison())).addValue(compare.value());
        } else if (predicate instanceof Predicate.CompareFields compare) {
            out.add(compare.left()).add(sign(compare.comparison())).add(compare.right());
        } else if (predicate instanceof Predicate.In in) {
            out.add(in.field()).add(" IN ").addValues(in.values());
        } else if (predicate instanceof Predicate.Contains contains) {
            out.add(contains.field()).add(" CONTAINS ").addValue(contains.value());
        } else if (predicate instanceof Predicate.StartsWith startsWith) {
            out.add(startsWith.field()).add(" STARTS WITH ").addValue(startsWith.prefix());
        } else if (predicate instanceof Predicate.Like like) {
            out.add(like.field()).add(" LIKE ").addValue(like.pattern());
        } else if (predicate instanceof Predicate.Exists exists) {
            out.add(exists.field()).add(exists.expected() ? " IS NOT NULL" : " IS NULL");
        } else {
            throw new IllegalStateException("no text for " + predicate.getClass());
        }
    }

    static String sign(Comparison comparison) {
        return switch (comparison) {
            case EQ -> " = ";
            case NE -> " != ";
            case GT -> " > ";
            case GTE -> " >= ";
            case LT -> " < ";
            case LTE -> " <= ";
        };
    }
}
