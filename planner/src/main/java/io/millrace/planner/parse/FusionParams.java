package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.fusion.Fusion.Method;
import io.millrace.protocol.ErrorCode;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads how lists are joined: {@code method} and what that goes by. */
final class FusionParams {
    private static final int RANK_CONSTANT_MAX = 100_000;

    private FusionParams() {}

    /**
     * Reads a field that is the name of a method, or an object with a method and its parameters.
     *
     * @param k rows that are asked for by {@code kName}, which every list must be able to give
     * @return null where the field is missing
     */
    static @Nullable Fusion readField(JsonObject params, String name, int k, String kName, int rowsMax) {
        JsonNode node = params.take(name);
        if (node == null) {
            return null;
        }
        if (node.isTextual()) {
            String text = Selections.choice(params, name, Method.texts());
            return fusion(text == null ? Method.RRF : method(text));
        }
        if (!node.isObject()) {
            params.wrongType(name, "the name of a method or an object with a \"method\"", node);
            return null;
        }
        JsonObject fields = Objects.requireNonNull(params.object(name));
        Fusion fusion = read(fields, k, kName, rowsMax);
        fields.finish();
        return fusion;
    }

    /** Reads the fields of an object; reciprocal rank fusion where nothing is said. What is wrong is reported. */
    static Fusion read(JsonObject params, int k, String kName, int rowsMax) {
        String text = Selections.choice(params, "method", Method.texts());
        Method method = text == null ? Method.RRF : method(text);
        Long alias = params.integer("k", 1, RANK_CONSTANT_MAX);
        Long constant = params.integer("rank_constant", 1, RANK_CONSTANT_MAX);
        if (alias != null && constant != null) {
            params.add(ErrorCode.INVALID_PLAN, "k", "\"k\" is another name of \"rank_constant\": give one");
        }
        Long window = params.integer("window", 1, rowsMax);
        if (window != null && window < k) {
            params.add(
                    ErrorCode.INVALID_LIMIT,
                    "window",
                    "\"window\" must be at least \"" + kName + "\": " + window + " < " + k);
        }
        Double average = params.number("avg_weight", 0, 1);
        Double maximum = params.number("max_weight", 0, 1);
        Double hit = params.number("hit_weight", 0, 1);
        boolean weighted = average != null || maximum != null || hit != null;
        refuseUnless(params, method == Method.RRF, method, "rank_constant", "k");
        refuseUnless(params, method == Method.WEIGHTED, method, "avg_weight", "max_weight", "hit_weight");
        Fusion fusion = new Fusion(
                method,
                (int) (long) Objects.requireNonNullElse(
                        constant, Objects.requireNonNullElse(alias, (long) Fusion.RANK_CONSTANT)),
                window == null ? Integer.MAX_VALUE : window.intValue(),
                weight(average, weighted, Fusion.AVERAGE_WEIGHT),
                weight(maximum, weighted, Fusion.MAXIMUM_WEIGHT),
                weight(hit, weighted, Fusion.HIT_WEIGHT));
        double sum = fusion.averageWeight() + fusion.maximumWeight() + fusion.hitWeight();
        if (Math.abs(sum - 1) > Fusion.TOLERANCE) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    "avg_weight",
                    "\"avg_weight\", \"max_weight\" and \"hit_weight\" must sum to 1, got " + sum);
        }
        return fusion;
    }

    private static Method method(String text) {
        return Method.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static Fusion fusion(Method method) {
        return new Fusion(
                method,
                Fusion.RANK_CONSTANT,
                Integer.MAX_VALUE,
                Fusion.AVERAGE_WEIGHT,
                Fusion.MAXIMUM_WEIGHT,
                Fusion.HIT_WEIGHT);
    }

    private static double weight(@Nullable Double given, boolean anyGiven, double otherwise) {
        return given != null ? given : anyGiven ? 0 : otherwise;
    }

    static void refuseUnless(JsonObject params, boolean fits, Method method, String... names) {
        for (String name : names) {
            if (!fits && params.has(name)) {
                params.add(
                        ErrorCode.INVALID_PLAN,
                        name,
                        "\"" + name + "\" has no meaning with the method \"" + method.text() + "\"");
            }
        }
    }
}
