package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the filter of a scan, a search or a traversal: {@code {field: value}} or {@code {field: {operator: value}}}, all
 * of which must hold. Constants are made to fit the type of their field; null means that there is no value.
 */
final class FilterParser {
    private static final List<String> OPERATORS =
            List.of("eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "starts_with", "exists");
    private static final Map<String, Comparison> COMPARISONS = Map.of(
            "eq", Comparison.EQ,
            "ne", Comparison.NE,
            "gt", Comparison.GT,
            "gte", Comparison.GTE,
            "lt", Comparison.LT,
            "lte", Comparison.LTE);

    private final FieldTypes fields;
    private final List<Problem> problems;

    FilterParser(FieldTypes fields, List<Problem> problems) {
        this.fields = fields;
        this.problems = problems;
    }

    /** Returns the predicate; what cannot be parsed is reported and left out. */
    Predicate parse(@Nullable JsonNode filter, String path) {
        if (filter == null) {
            return Predicate.ALWAYS;
        }
        if (!filter.isObject()) {
            report(ErrorCode.INVALID_TYPE, path, "a filter must be an object, got " + JsonObject.describe(filter));
            return Predicate.ALWAYS;
        }
        List<Predicate> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : filter.properties()) {
            String fieldPath = JsonObject.child(path, entry.getKey());
            ValueType type = fields.type(entry.getKey());
            if (type == null) {
                problems.add(fields.unknown(entry.getKey(), fieldPath));
            } else {
                parseField(new Target(entry.getKey(), type, fieldPath), entry.getValue(), all);
            }
        }
        return all.size() == 1 ? all.get(0) : new Predicate.And(all);
    }

    private void parseField(Target target, JsonNode value, List<Predicate> all) {
        if (!value.isObject()) {
            addIfThere(all, compare(target, "eq", value));
            return;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String operator = entry.getKey();
            Target at = target.at(JsonObject.child(target.path, operator));
            if (OPERATORS.contains(operator)) {
                addIfThere(all, operation(at, operator, entry.getValue()));
            } else {
                problems.add(Problem.at(
                                ErrorCode.INVALID_FIELD,
                                at.path,
                                "unknown operator \"" + JsonObject.shortened(operator) + "\"")
                        .withAllowed(OPERATORS)
                        .withNearest(Nearest.of(operator, OPERATORS)));
            }
        }
    }

    private @Nullable Predicate operation(Target target, String operator, JsonNode value) {
        return switch (operator) {
            case "in" -> in(target, value);
            case "contains" -> contains(target, value);
            case "starts_with" -> startsWith(target, value);
            case "exists" -> exists(target, value);
            default -> compare(target, operator, value);
        };
    }

    private @Nullable Predicate compare(Target target, String operator, JsonNode value) {
        Comparison comparison = COMPARISONS.getOrDefault(operator, Comparison.EQ);
        if (value.isNull() && (comparison == Comparison.EQ || comparison == Comparison.NE)) {
            return new Predicate.Exists(target.field, comparison == Comparison.NE);
        }
        if (target.type == ValueType.VECTOR || target.type == ValueType.JSON) {
            return cannot(target, operator);
        }
        Object raw = Values.scalar(value);
        if (target.type == ValueType.INT && raw instanceof Double limit && Double.isFinite(limit)) {
            Predicate whole = compareWithFraction(target.field, comparison, limit);
            if (whole != null) {
                return whole;
            }
        }
        Object constant = Values.coerce(raw, target.type);
        return constant == null ? misfit(target, value) : new Predicate.Compare(target.field, comparison, constant);
    }

    /** An INT above 2.5 is one from 3 on; shards compare an INT field with whole constants only. */
    private static @Nullable Predicate compareWithFraction(String field, Comparison comparison, double limit) {
        if (limit == Math.rint(limit)) {
            return null;
        }
        return switch (comparison) {
            case GT, GTE -> new Predicate.Compare(field, Comparison.GTE, (long) Math.ceil(limit));
            case LT, LTE -> new Predicate.Compare(field, Comparison.LTE, (long) Math.floor(limit));
            case EQ, NE -> null;
        };
    }

    private @Nullable Predicate in(Target target, JsonNode value) {
        if (!value.isArray()) {
            return report(ErrorCode.INVALID_TYPE, target.path, "must be an array, got " + JsonObject.describe(value));
        }
        if (target.type == ValueType.VECTOR || target.type == ValueType.JSON) {
            return cannot(target, "in");
        }
        List<Object> constants = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            Object constant = Values.coerce(Values.scalar(value.get(i)), target.type);
            if (constant == null) {
                misfit(target.at(target.path + "[" + i + "]"), value.get(i));
            } else {
                constants.add(constant);
            }
        }
        return new Predicate.In(target.field, constants);
    }

    private @Nullable Predicate contains(Target target, JsonNode value) {
        if (target.type != ValueType.STRING && target.type != ValueType.JSON) {
            return cannot(target, "contains");
        }
        Object constant = Values.coerce(Values.scalar(value), target.type);
        return constant == null ? misfit(target, value) : new Predicate.Contains(target.field, constant);
    }

    private @Nullable Predicate startsWith(Target target, JsonNode value) {
        if (target.type != ValueType.STRING) {
            return cannot(target, "starts_with");
        }
        return value.isTextual() ? new Predicate.StartsWith(target.field, value.textValue()) : misfit(target, value);
    }

    private @Nullable Predicate exists(Target target, JsonNode value) {
        Object expected = Values.coerce(Values.scalar(value), ValueType.BOOLEAN);
        if (expected == null) {
            return report(
                    ErrorCode.INVALID_VALUE, target.path, "must be true or false, got " + JsonObject.describe(value));
        }
        return new Predicate.Exists(target.field, expected.equals(true));
    }

    private @Nullable Predicate misfit(Target target, JsonNode value) {
        return report(
                ErrorCode.INVALID_VALUE,
                target.path,
                JsonObject.describe(value) + " is no " + target.type + ", which field \"" + target.field + "\" is");
    }

    private @Nullable Predicate cannot(Target target, String operator) {
        return report(
                ErrorCode.INVALID_TYPE,
                target.path,
                "field \"" + target.field + "\" is a " + target.type + ", to which \"" + operator
                        + "\" does not apply");
    }

    private @Nullable Predicate report(ErrorCode code, String path, String message) {
        problems.add(Problem.at(code, path, message));
        return null;
    }

    private static void addIfThere(List<Predicate> all, @Nullable Predicate predicate) {
        if (predicate != null) {
            all.add(predicate);
        }
    }

    /** The field at hand, and where in the request we are. */
    private record Target(String field, ValueType type, String path) {
        Target at(String newPath) {
            return new Target(field, type, newPath);
        }
    }
}
