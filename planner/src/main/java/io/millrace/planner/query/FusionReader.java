package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.grammar.MillraceParser.FusionContext;
import io.millrace.planner.grammar.MillraceParser.OptionContext;
import io.millrace.planner.statement.Options;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how lists are joined, such as {@code 'rrf' (k = 60, window = 200)}. */
final class FusionReader {
    private static final int RANK_CONSTANT_MAX = 100_000;

    private final Map<String, JsonNode> parameters;
    private final Words words;
    private final int rowsMax;

    FusionReader(Map<String, JsonNode> parameters, Words words, int rowsMax) {
        this.parameters = parameters;
        this.words = words;
        this.rowsMax = rowsMax;
    }

    /**
     * Returns the fusion; reciprocal rank fusion where nothing is said. What is wrong is reported.
     *
     * @param window of a fusion that names none
     */
    Fusion read(@Nullable FusionContext tree, int window) {
        String name = tree == null ? Fusion.Method.RRF.text() : name(tree);
        List<OptionContext> given = tree == null ? List.of() : tree.option();
        if (!Fusion.Method.texts().contains(name) && tree != null) {
            words.problems()
                    .add(Words.at(tree, ErrorCode.INVALID_VALUE, "there is no fusion \"" + name + "\"")
                            .withAllowed(Fusion.Method.texts())
                            .withNearest(Nearest.of(name, Fusion.Method.texts())));
            return Fusion.rrf(Fusion.RANK_CONSTANT);
        }
        Fusion.Method method = Fusion.Method.valueOf(name.toUpperCase(Locale.ROOT));
        Options options = new Options(given, parameters, words.problems());
        Integer asked = options.integer("window", 1, rowsMax);
        int constant = Fusion.RANK_CONSTANT;
        if (method == Fusion.Method.RRF) {
            if (tree != null && options.has("k") && options.has("rank_constant")) {
                words.report(tree, ErrorCode.INVALID_OPTION, "\"k\" is another name of \"rank_constant\": give one");
            }
            Integer alias = options.integer("k", 1, RANK_CONSTANT_MAX);
            constant = options.integer("rank_constant", 1, RANK_CONSTANT_MAX, alias == null ? constant : alias);
        }
        double[] weights = {Fusion.AVERAGE_WEIGHT, Fusion.MAXIMUM_WEIGHT, Fusion.HIT_WEIGHT};
        if (method == Fusion.Method.WEIGHTED && tree != null) {
            weights = weights(options, tree);
        }
        options.finish("fusion \"" + name + "\"");
        return new Fusion(method, constant, asked == null ? window : asked, weights[0], weights[1], weights[2]);
    }

    private static String name(FusionContext tree) {
        String text = tree.STRING() != null
                ? tree.STRING().getText().replace("'", "")
                : Words.unquoted(tree.reference().getText());
        return text.toLowerCase(Locale.ROOT);
    }

    private double[] weights(Options options, FusionContext tree) {
        Double average = options.decimal("avg_weight", 0, 1);
        Double maximum = options.decimal("max_weight", 0, 1);
        Double hit = options.decimal("hit_weight", 0, 1);
        if (average == null && maximum == null && hit == null) {
            return new double[] {Fusion.AVERAGE_WEIGHT, Fusion.MAXIMUM_WEIGHT, Fusion.HIT_WEIGHT};
        }
        double[] weights = {orZero(average), orZero(maximum), orZero(hit)};
        double sum = weights[0] + weights[1] + weights[2];
        if (Math.abs(sum - 1) > Fusion.TOLERANCE) {
            words.report(
                    tree,
                    ErrorCode.INVALID_OPTION,
                    "\"avg_weight\", \"max_weight\" and \"hit_weight\" must sum to 1, got " + sum);
        }
        return weights;
    }

    private static double orZero(@Nullable Double weight) {
        return weight == null ? 0 : weight;
    }
}
