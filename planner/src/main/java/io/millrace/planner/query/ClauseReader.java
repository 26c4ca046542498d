package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.BetweenPredicateContext;
import io.millrace.planner.grammar.MillraceParser.ComparePredicateContext;
import io.millrace.planner.grammar.MillraceParser.ConditionContext;
import io.millrace.planner.grammar.MillraceParser.ConjunctionContext;
import io.millrace.planner.grammar.MillraceParser.FlagPredicateContext;
import io.millrace.planner.grammar.MillraceParser.GroupPredicateContext;
import io.millrace.planner.grammar.MillraceParser.InPredicateContext;
import io.millrace.planner.grammar.MillraceParser.LikePredicateContext;
import io.millrace.planner.grammar.MillraceParser.MatchPredicateContext;
import io.millrace.planner.grammar.MillraceParser.NearFusedPredicateContext;
import io.millrace.planner.grammar.MillraceParser.NearPredicateContext;
import io.millrace.planner.grammar.MillraceParser.NegationContext;
import io.millrace.planner.grammar.MillraceParser.NullPredicateContext;
import io.millrace.planner.grammar.MillraceParser.OperandContext;
import io.millrace.planner.grammar.MillraceParser.PredicateContext;
import io.millrace.planner.query.Term.Aggregate;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Reads a condition; what is wrong in it is reported and holds for no row. */
final class ClauseReader {
    static final int CONSTANTS_MAX = 10_000;
    static final int COMPARISONS_MAX = 2_000;

    private final TermReader terms;
    private final Comparisons comparisons;
    private final Literals literals;
    private final Words words;
    private final boolean behindGroups;
    private final List<Clause> conjuncts = new ArrayList<>();
    private final List<PredicateContext> searches = new ArrayList<>();
    private final List<Matched> patterns = new ArrayList<>();
    private final Map<Value, ParserRuleContext> places = new LinkedHashMap<>();
    private int count;

    /** A pattern that rows must, or must not, be bound by. */
    record Matched(MatchPredicateContext tree, boolean negated) {}

    /** @param behindGroups whether it is that of HAVING: aggregates and names of items may stand in it */
    ClauseReader(TermReader terms, Literals literals, Words words, boolean behindGroups) {
        this.terms = terms;
        this.literals = literals;
        this.words = words;
        this.behindGroups = behindGroups;
        comparisons = new Comparisons(words);
    }

    /** Returns all that must hold. */
    List<Clause> read(@Nullable ConditionContext tree) {
        if (tree != null) {
            addConjuncts(tree);
        }
        return conjuncts;
    }

    /** Returns the NEAR and NEAR_FUSED that {@link #read} came by. */
    List<PredicateContext> searches() {
        return searches;
    }

    List<Matched> patterns() {
        return patterns;
    }

    /** Returns the values that are compared, each with where it stands first. */
    Map<Value, ParserRuleContext> places() {
        return places;
    }

    private void addConjuncts(ConditionContext tree) {
        if (tree.conjunction().size() > 1) {
            conjuncts.add(condition(tree, false));
            return;
        }
        for (NegationContext each : tree.conjunction(0).negation()) {
            boolean negated = each.NOT().size() % 2 == 1;
            PredicateContext predicate = each.predicate();
            if (predicate instanceof MatchPredicateContext match) {
                patterns.add(new Matched(match, negated));
            } else if (isSearch(predicate) && !negated) {
                searches.add(predicate);
            } else if (predicate instanceof GroupPredicateContext group && !negated) {
                addConjuncts(group.condition());
            } else {
                conjuncts.add(predicate(predicate, negated));
            }
        }
    }

    private static boolean isSearch(PredicateContext tree) {
        return tree instanceof NearPredicateContext || tree instanceof NearFusedPredicateContext;
    }

    private Clause condition(ConditionContext tree, boolean negated) {
        List<Clause> operands = tree.conjunction().stream()
                .map(each -> conjunction(each, negated))
                .toList();
        return join(operands, !negated);
    }

    private Clause conjunction(ConjunctionContext tree, boolean negated) {
        List<Clause> operands = tree.negation().stream()
                .map(each -> predicate(each.predicate(), negated ^ (each.NOT().size() % 2 == 1)))
                .toList();
        return join(operands, negated);
    }

    private static Clause join(List<Clause> operands, boolean or) {
        return operands.size() == 1 ? operands.get(0) : or ? new Clause.Or(operands) : new Clause.And(operands);
    }

    private Clause predicate(PredicateContext tree, boolean negated) {
        if (++count == COMPARISONS_MAX + 1) {
            return report(tree, ErrorCode.INVALID_LIMIT, "a condition has at most " + COMPARISONS_MAX + " comparisons");
        }
        if (count > COMPARISONS_MAX) {
            return Clause.NEVER;
        }
        if (tree instanceof GroupPredicateContext group) {
            return condition(group.condition(), negated);
        }
        if (tree instanceof ComparePredicateContext compare) {
            return compare(compare, negated);
        }
        if (tree instanceof InPredicateContext in) {
            return in(in, negated ^ in.NOT() != null);
        }
        if (tree instanceof BetweenPredicateContext between) {
            return between(between, negated ^ between.NOT() != null);
        }
        if (tree instanceof LikePredicateContext like) {
            return like(like, negated ^ like.NOT() != null);
        }
        if (tree instanceof NullPredicateContext isNull) {
            Value value = value(isNull.operand(), "IS NULL");
            return value == null ? Clause.NEVER : new Clause.IsNull(value, negated ^ isNull.NOT() == null);
        }
        if (tree instanceof FlagPredicateContext flag) {
            return flag(flag, negated);
        }
        String what = isSearch(tree) ? "a search" : "a pattern";
        return report(
                tree,
                ErrorCode.INVALID_STATEMENT,
                what + " must stand in WHERE, joined to all else by AND, and not below OR"
                        + (isSearch(tree) ? " or NOT" : ""));
    }

    private Clause compare(ComparePredicateContext tree, boolean negated) {
        Term left = term(tree.operand(0));
        Term right = term(tree.operand(1));
        if (left == null || right == null) {
            return Clause.NEVER;
        }
        Comparison written = Comparisons.of(tree.comparator().getText());
        Comparison comparison = negated ? Residual.inverse(written) : written;
        boolean flipped = isDistance(tree.operand(0), left) || isDistance(tree.operand(1), right);
        return comparisons.compare(tree, left, flipped ? Residual.mirrored(comparison) : comparison, right);
    }

    /** More similar is less far. */
    private static boolean isDistance(OperandContext tree, Term term) {
        return TermReader.isSimilarity(tree)
                && term instanceof Term.Score score
                && score.metric().ascending();
    }

    private Clause between(BetweenPredicateContext tree, boolean negated) {
        Term value = term(tree.operand(0));
        Term low = term(tree.operand(1));
        Term high = term(tree.operand(2));
        if (value == null || low == null || high == null) {
            return Clause.NEVER;
        }
        List<Clause> both = List.of(
                comparisons.compare(tree, value, negated ? Comparison.LT : Comparison.GTE, low),
                comparisons.compare(tree, value, negated ? Comparison.GT : Comparison.LTE, high));
        return join(both, negated);
    }

    private Clause in(InPredicateContext tree, boolean negated) {
        Value value = value(tree.operand(), "IN");
        List<Object> raw = new ArrayList<>();
        boolean right = value != null;
        if (tree.PARAMETER() != null) {
            Constant list = literals.parameter(tree, tree.PARAMETER());
            if (list != null && list.raw() instanceof List<?> elements) {
                raw.addAll(elements);
            } else {
                right = false;
                if (list != null) {
                    report(tree, ErrorCode.INVALID_PARAMETER, "IN needs a parameter that is a list");
                }
            }
        }
        for (var each : tree.literal()) {
            Constant constant = literals.read(each);
            if (constant == null || constant.raw() == null) {
                right = false;
                if (constant != null) {
                    report(each, ErrorCode.INVALID_STATEMENT, "nothing equals NULL: ask IS NULL");
                }
            } else {
                raw.add(constant.raw());
            }
        }
        if (raw.size() > CONSTANTS_MAX) {
            return report(
                    tree, ErrorCode.INVALID_LIMIT, "IN has at most " + CONSTANTS_MAX + " values, got " + raw.size());
        }
        return right ? comparisons.in(tree, Objects.requireNonNull(value), raw, negated) : Clause.NEVER;
    }

    private Clause like(LikePredicateContext tree, boolean negated) {
        Value value = value(tree.operand(), "LIKE");
        Constant pattern = literals.read(tree.literal());
        if (value == null || pattern == null) {
            return Clause.NEVER;
        }
        if (value.type() != ValueType.STRING || !(pattern.raw() instanceof String text)) {
            return report(
                    tree,
                    ErrorCode.INVALID_TYPE,
                    "LIKE compares a STRING with a text, got a " + value.type() + " and "
                            + tree.literal().getText());
        }
        return new Clause.Like(value, text, negated);
    }

    private Clause flag(FlagPredicateContext tree, boolean negated) {
        Value item = behindGroups ? terms.item(tree.column()) : null;
        Term term = item != null ? item : terms.column(tree.column());
        if (!(term instanceof Value value)) {
            return Clause.NEVER;
        }
        places.putIfAbsent(value, tree);
        return value.type() == ValueType.BOOLEAN
                ? new Clause.Compare(value, Comparison.EQ, !negated)
                : report(
                        tree,
                        ErrorCode.INVALID_TYPE,
                        "\"" + tree.getText() + "\" is a " + value.type() + ", no BOOLEAN: compare it with something");
    }

    private @Nullable Term term(OperandContext tree) {
        Term term = behindGroups ? terms.aliased(tree) : terms.read(tree);
        if (!behindGroups && term instanceof Aggregate) {
            report(tree, ErrorCode.INVALID_STATEMENT, "an aggregate cannot stand in WHERE: write HAVING");
            return null;
        }
        if (term instanceof Value value) {
            places.putIfAbsent(value, tree);
        }
        return term;
    }

    private @Nullable Value value(OperandContext tree, String what) {
        Term term = term(tree);
        if (term instanceof Constant) {
            report(tree, ErrorCode.INVALID_STATEMENT, what + " needs a column on its left");
        }
        return term instanceof Value value ? value : null;
    }

    private Clause report(ParserRuleContext tree, ErrorCode code, String message) {
        words.report(tree, code, message);
        return Clause.NEVER;
    }
}
