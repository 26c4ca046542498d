package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object strictly: a field of a wrong type is a problem at its path, and so is one that nobody asked for.
 * A null counts as absent.
 */
final class JsonObject {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_@][A-Za-z0-9_@-]*");

    private final JsonNode node;
    private final String path;
    private final List<Problem> problems;
    private final Set<String> known = new TreeSet<>();

    JsonObject(JsonNode node, String path, List<Problem> problems) {
        this.node = node.isObject() ? node : MissingNode.getInstance();
        this.path = path;
        this.problems = problems;
        if (!node.isObject()) {
            problems.add(Problem.at(ErrorCode.INVALID_PLAN, path, "must be an object, got " + describe(node)));
        }
    }

    /** Returns a reader of the object in a field, on the same list of problems; null where it is missing. */
    @Nullable JsonObject object(String name) {
        JsonNode value = take(name);
        return value == null ? null : new JsonObject(value, path(name), problems);
    }

    /** Returns a reader of an object without fields, for where one is missing. */
    JsonObject empty(String name) {
        return new JsonObject(JsonNodeFactory.instance.objectNode(), path(name), problems);
    }

    boolean isObject() {
        return node.isObject();
    }

    String path() {
        return path;
    }

    String path(String name) {
        return child(path, name);
    }

    static String child(String path, String name) {
        return PLAIN.matcher(name).matches() ? path + "." + name : path + "[\"" + name + "\"]";
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    void add(ErrorCode code, String name, String message) {
        problems.add(Problem.at(code, path(name), message));
    }

    boolean has(String name) {
        return take(name) != null;
    }

    @Nullable JsonNode take(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable String string(String name) {
        JsonNode value = take(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            wrongType(name, "a string", value);
            return null;
        }
        return value.textValue();
    }

    /** Returns the string, or null with a problem where it is missing. */
    @Nullable String requiredString(String name) {
        if (!has(name)) {
            add(ErrorCode.INVALID_PLAN, name, "\"" + name + "\" is missing");
            return null;
        }
        return string(name);
    }

    @Nullable Boolean bool(String name) {
        JsonNode value = take(name);
        if (value == null) {
            return null;
        }
        if (value.isBoolean() || value.asText().equals("true") || value.asText().equals("false")) {
            return value.asBoolean();
        }
        wrongType(name, "true or false", value);
        return null;
    }

    /** Returns the integer; null where it is missing, or with a problem where it is none or out of bounds. */
    @Nullable Long integer(String name, long min, long max) {
        JsonNode value = take(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || !value.canConvertToExactIntegral()) {
            wrongType(name, "an integer", value);
            return null;
        }
        if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
            outOfBounds(name, value.asText(), min, max);
            return null;
        }
        return value.longValue();
    }

    int integer(String name, int min, int max, int otherwise) {
        Long value = integer(name, min, max);
        return value == null ? otherwise : value.intValue();
    }

    @Nullable Double number(String name, double min, double max) {
        JsonNode value = take(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            wrongType(name, "a number", value);
            return null;
        }
        if (!(value.doubleValue() >= min && value.doubleValue() <= max)) {
            outOfBounds(name, value.asText(), min, max);
            return null;
        }
        return value.doubleValue();
    }

    /** Returns the strings of an array, or the one string; empty where it is missing. */
    List<String> strings(String name) {
        JsonNode value = take(name);
        if (value == null) {
            return List.of();
        }
        if (value.isTextual()) {
            return List.of(value.textValue());
        }
        if (!value.isArray()) {
            wrongType(name, "a string or an array of strings", value);
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            if (value.get(i).isTextual()) {
                strings.add(value.get(i).textValue());
            } else {
                problems.add(Problem.at(
                        ErrorCode.INVALID_TYPE,
                        path(name) + "[" + i + "]",
                        "must be a string, got " + describe(value.get(i))));
            }
        }
        return strings;
    }

    /** Reports every field that was not asked for. */
    void finish() {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problems.add(
                        Problem.at(ErrorCode.INVALID_FIELD, path(name), "unknown field \"" + shortened(name) + "\"")
                                .withAllowed(List.copyOf(known))
                                .withNearest(Nearest.of(name, known)));
            }
        });
    }

    void wrongType(String name, String expected, JsonNode value) {
        add(ErrorCode.INVALID_TYPE, name, "\"" + name + "\" must be " + expected + ", got " + describe(value));
    }

    private void outOfBounds(String name, String value, Number min, Number max) {
        problems.add(Problem.at(
                        ErrorCode.INVALID_LIMIT,
                        path(name),
                        "\"" + name + "\" must be from " + min + " to " + max + ", got " + shortened(value))
                .withAllowed(List.of(min + " … " + max)));
    }

    static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "\"" + shortened(value.textValue()) + "\"";
            case NUMBER, BOOLEAN -> shortened(value.asText());
            default -> "nothing";
        };
    }

    static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
