package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.LaterQuery;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a vector search looks for: a vector, or a text or a row that becomes one when the step starts.
 *
 * @param vector empty where something else becomes one
 */
record SearchQuery(float[] vector, @Nullable LaterQuery later) {
    private static final List<String> NAMES = List.of("query_vector", "query_text", "query_ref");
    private static final float[] NONE = {};

    /** Reports a search that says nothing of what it looks for, or says it twice. */
    static void checkOne(JsonObject params) {
        List<String> given = NAMES.stream().filter(params::has).toList();
        if (given.isEmpty()) {
            params.add(Problem.at(ErrorCode.INVALID_PLAN, params.path("query_vector"), "\"query_vector\" is missing")
                    .withAllowed(NAMES));
        } else if (given.size() > 1) {
            params.add(Problem.at(
                            ErrorCode.INVALID_PLAN,
                            params.path(given.get(1)),
                            "\"" + given.get(0) + "\" says it: give one of both")
                    .withAllowed(NAMES));
        }
    }

    /** Returns what the search looks for; null where that is missing or wrong, which is reported. */
    static @Nullable SearchQuery parse(JsonObject params, SearchTarget target, Metric metric, PlanScope scope) {
        Field field = target.field();
        if (params.has("query_text")) {
            TextQuery text = text(params, field, scope.options.defaults().texts());
            return text == null ? null : new SearchQuery(NONE, text);
        }
        if (params.has("query_ref")) {
            RowQuery row = RowQueryReader.read(params, target.fields().schema(), field, scope);
            return row == null ? null : new SearchQuery(NONE, row);
        }
        float[] vector = vector(params, field, metric);
        return vector == null ? null : new SearchQuery(vector, null);
    }

    private static @Nullable TextQuery text(JsonObject params, Field field, TextEmbedding texts) {
        String text = params.string("query_text");
        Problem refused = texts.refuse(field, "query_text", params.path("query_text"));
        if (refused != null) {
            params.add(refused);
        } else if (text != null && text.isBlank()) {
            params.add(ErrorCode.INVALID_VALUE, "query_text", "\"query_text\" has no words");
        } else if (text != null && text.length() > texts.charsMax()) {
            params.add(
                    ErrorCode.INVALID_LIMIT,
                    "query_text",
                    "\"query_text\" has " + text.length() + " characters, at most " + texts.charsMax() + " are taken");
        } else if (text != null) {
            return new TextQuery(text, field.dimension());
        }
        return null;
    }

    private static float @Nullable [] vector(JsonObject params, Field field, Metric metric) {
        JsonNode node = params.take("query_vector");
        if (node == null) {
            return null;
        }
        if (!node.isArray()) {
            params.wrongType("query_vector", "an array of numbers", node);
            return null;
        }
        if (node.size() != field.dimension()) {
            params.add(
                    ErrorCode.INVALID_DIMENSION,
                    "query_vector",
                    "vector has " + node.size() + " dimensions, field \"" + field.name() + "\" needs "
                            + field.dimension());
            return null;
        }
        return components(params, node, metric);
    }

    private static float @Nullable [] components(JsonObject params, JsonNode node, Metric metric) {
        float[] vector = new float[node.size()];
        boolean zero = true;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = node.get(i).isNumber() ? (float) node.get(i).doubleValue() : Float.NaN;
            if (!Float.isFinite(vector[i])) {
                params.add(Problem.at(
                        ErrorCode.INVALID_VECTOR,
                        params.path("query_vector") + "[" + i + "]",
                        JsonObject.describe(node.get(i)) + " is no finite number"));
                return null;
            }
            zero &= vector[i] == 0;
        }
        if (zero && metric == Metric.COSINE) {
            params.add(ErrorCode.INVALID_VECTOR, "query_vector", "a zero vector has no direction to compare by cosine");
            return null;
        }
        return vector;
    }
}
