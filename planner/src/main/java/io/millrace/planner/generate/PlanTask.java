package io.millrace.planner.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import io.millrace.protocol.catalog.Catalog;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A question that needs a plan.
 *
 * @param parameters of the request that a plan can refer to: what each is, by name; their values stay behind
 * @param nowMs Kafka's timestamp of the request, epoch ms, which time ranges count back from
 * @param textSearch whether a search may bring a text
 * @param check what the request would be told of a plan
 */
public record PlanTask(
        Question question,
        Map<String, String> parameters,
        long nowMs,
        Catalog catalog,
        boolean textSearch,
        Check check) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final int PARAMETERS_MAX = 100;

    /** Finds all that is wrong with a plan. Safe for use by several threads. */
    @FunctionalInterface
    public interface Check {
        /** Returns the problems, at paths below {@code $.plan}; empty for a plan that can run. */
        List<Problem> problems(JsonNode plan);
    }

    public PlanTask {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /** Returns of each value that a plan can refer to what it is, of the first 100 by name. */
    public static Map<String, String> kinds(Map<String, JsonNode> values) {
        Map<String, String> kinds = new TreeMap<>();
        new TreeMap<>(values).forEach((name, value) -> {
            if (NAME.matcher(name).matches() && kinds.size() < PARAMETERS_MAX) {
                kinds.put(name, kind(value));
            }
        });
        return kinds;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array of " + value.size();
            case NULL -> "null";
            default -> "object";
        };
    }
}
