package io.millrace.planner.query;

import io.millrace.planner.parse.Values;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Makes constants fit what they are compared with. */
final class Comparisons {
    private final Words words;

    Comparisons(Words words) {
        this.words = words;
    }

    static Comparison of(String sign) {
        return switch (sign) {
            case "!=", "<>" -> Comparison.NE;
            case "<" -> Comparison.LT;
            case "<=" -> Comparison.LTE;
            case ">" -> Comparison.GT;
            case ">=" -> Comparison.GTE;
            default -> Comparison.EQ;
        };
    }

    Clause compare(ParserRuleContext tree, Term left, Comparison comparison, Term right) {
        if (left instanceof Value a && right instanceof Value b) {
            return values(tree, a, comparison, b);
        }
        if (left instanceof Value value && right instanceof Constant constant) {
            return constant(tree, value, comparison, constant);
        }
        if (left instanceof Constant constant && right instanceof Value value) {
            return constant(tree, value, Residual.mirrored(comparison), constant);
        }
        return report(tree, ErrorCode.INVALID_STATEMENT, "a comparison needs a column");
    }

    private Clause values(ParserRuleContext tree, Value left, Comparison comparison, Value right) {
        boolean comparable = left.type() == right.type()
                || (left.type().isNumeric() && right.type().isNumeric());
        if (!comparable || isOpaque(left) || isOpaque(right)) {
            return report(tree, ErrorCode.INVALID_TYPE, a(left) + " cannot be compared with " + a(right));
        }
        return new Clause.CompareValues(left, comparison, right);
    }

    private static boolean isOpaque(Value value) {
        return value.type() == ValueType.VECTOR || value.type() == ValueType.JSON;
    }

    private Clause constant(ParserRuleContext tree, Value value, Comparison comparison, Constant constant) {
        Object raw = constant.raw();
        if (raw == null) {
            return report(tree, ErrorCode.INVALID_STATEMENT, "nothing equals NULL: ask IS NULL or IS NOT NULL");
        }
        if (value.type() == ValueType.INT && raw instanceof Double fraction && fraction != Math.rint(fraction)) {
            return fraction(value, comparison, fraction);
        }
        Object fitting = fitting(tree, value, raw);
        return fitting == null ? Clause.NEVER : new Clause.Compare(value, comparison, fitting);
    }

    /** An INT above 2.5 is one from 3 on; shards compare an INT field with whole constants only. */
    private static Clause fraction(Value value, Comparison comparison, double limit) {
        return switch (comparison) {
            case GT, GTE -> new Clause.Compare(value, Comparison.GTE, (long) Math.ceil(limit));
            case LT, LTE -> new Clause.Compare(value, Comparison.LTE, (long) Math.floor(limit));
            case EQ -> Clause.NEVER;
            case NE -> new Clause.IsNull(value, false);
        };
    }

    Clause in(ParserRuleContext tree, Value value, List<Object> raw, boolean negated) {
        List<Object> constants = new ArrayList<>();
        for (Object each : raw) {
            boolean fraction = value.type() == ValueType.INT && each instanceof Double d && d != Math.rint(d);
            Object fitting = fraction ? null : fitting(tree, value, each);
            if (fitting != null) {
                constants.add(fitting);
            } else if (!fraction) {
                return Clause.NEVER;
            }
        }
        return new Clause.In(value, constants, negated);
    }

    private @Nullable Object fitting(ParserRuleContext tree, Value value, Object raw) {
        Object fitting = isOpaque(value) || raw instanceof List ? null : Values.coerce(raw, value.type());
        if (fitting == null) {
            String shown =
                    raw instanceof String text ? "'" + text + "'" : raw instanceof List ? "a list" : raw.toString();
            report(
                    tree,
                    ErrorCode.INVALID_TYPE,
                    (shown.length() > 40 ? shown.substring(0, 40) + "…" : shown) + " cannot be compared with "
                            + a(value));
        }
        return fitting;
    }

    private static String a(Value value) {
        return (value.type() == ValueType.INT ? "an " : "a ") + value.type();
    }

    private Clause report(ParserRuleContext tree, ErrorCode code, String message) {
        words.report(tree, code, message);
        return Clause.NEVER;
    }
}
