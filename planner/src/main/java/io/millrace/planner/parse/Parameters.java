package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts the parameters of a request in the place of {@code "$name"} strings. A string of {@code "$$…"} loses one $. */
public final class Parameters {
    private static final Pattern NAME = Pattern.compile("\\$[A-Za-z_][A-Za-z0-9_]*");

    private final Map<String, JsonNode> values;
    private final List<Problem> problems;

    public Parameters(Map<String, JsonNode> values, List<Problem> problems) {
        this.values = values;
        this.problems = problems;
    }

    /** Returns {@code node} with every parameter replaced; a missing one is reported and becomes null. */
    JsonNode replace(JsonNode node, String path) {
        if (node.isTextual() && node.textValue().startsWith("$")) {
            return replaceText(node, path);
        }
        if (node.isObject()) {
            ObjectNode replaced = JsonNodeFactory.instance.objectNode();
            node.properties()
                    .forEach(entry -> replaced.set(
                            entry.getKey(), replace(entry.getValue(), JsonObject.child(path, entry.getKey()))));
            return replaced;
        }
        if (node.isArray() && mayHoldText(node)) {
            ArrayNode replaced = JsonNodeFactory.instance.arrayNode(node.size());
            for (int i = 0; i < node.size(); i++) {
                replaced.add(replace(node.get(i), path + "[" + i + "]"));
            }
            return replaced;
        }
        return node;
    }

    /** A long vector need not be copied. */
    private static boolean mayHoldText(JsonNode array) {
        for (JsonNode element : array) {
            if (!element.isNumber()) {
                return true;
            }
        }
        return false;
    }

    private JsonNode replaceText(JsonNode node, String path) {
        String text = node.textValue();
        if (text.startsWith("$$")) {
            return JsonNodeFactory.instance.textNode(text.substring(1));
        }
        if (!NAME.matcher(text).matches()) {
            return node;
        }
        JsonNode value = values.get(text.substring(1));
        if (value == null) {
            problems.add(missing(text.substring(1), null, values.keySet(), path));
            return JsonNodeFactory.instance.nullNode();
        }
        return value;
    }

    /** Returns what the value is, for messages: shortened, where it is long. */
    public static String shown(JsonNode value) {
        return JsonObject.describe(value);
    }

    public static Problem missing(String name, @Nullable JsonNode value, Collection<String> given, String path) {
        String message = value == null
                ? "parameter \"" + JsonObject.shortened(name) + "\" is not given"
                : "parameter \"" + JsonObject.shortened(name) + "\" must be a string, number or boolean, got "
                        + JsonObject.describe(value);
        Problem problem = Problem.at(ErrorCode.INVALID_PARAMETER, path, message);
        return value != null
                ? problem
                : problem.withAllowed(given.stream().sorted().toList()).withNearest(Nearest.of(name, given));
    }
}
