package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.plan.Strategy;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request, or SET for a session, may say about all searches. */
final class RequestOptions {
    private static final String EF_SEARCH = "vector.ef_search";
    private static final String ALPHA = "vector.preselect_alpha";
    private static final String STRATEGY = "hybrid.strategy";
    static final List<String> NAMES = List.of(EF_SEARCH, ALPHA, STRATEGY);

    private RequestOptions() {}

    /** Reads the options; what is wrong is reported and left out. */
    static SearchOptions read(Map<String, JsonNode> options, SearchDefaults defaults, List<Problem> problems) {
        options.keySet().stream()
                .sorted()
                .filter(name -> !NAMES.contains(name))
                .forEach(name ->
                        problems.add(Problem.at(ErrorCode.INVALID_OPTION, path(name), "unknown option \"" + name + "\"")
                                .withAllowed(NAMES)
                                .withNearest(Nearest.of(name, NAMES))));
        Double efSearch = number(options, EF_SEARCH, SearchOptions.EF_SEARCH_MAX, true, problems);
        Double alpha = number(options, ALPHA, SearchOptions.ALPHA_MAX, false, problems);
        return new SearchOptions(
                efSearch == null ? null : efSearch.intValue(), alpha, strategy(options, problems), defaults);
    }

    private static @Nullable Strategy strategy(Map<String, JsonNode> options, List<Problem> problems) {
        JsonNode value = options.get(STRATEGY);
        if (value == null || value.isNull()) {
            return null;
        }
        String text = value.asText().toLowerCase(Locale.ROOT);
        if (!Strategy.texts().contains(text)) {
            problems.add(Problem.at(
                            ErrorCode.INVALID_OPTION,
                            path(STRATEGY),
                            "option \"" + STRATEGY + "\" cannot be " + shown(value))
                    .withAllowed(Strategy.texts())
                    .withNearest(Nearest.of(text, Strategy.texts())));
            return null;
        }
        return text.equals(Strategy.AUTO) ? null : Strategy.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static @Nullable Double number(
            Map<String, JsonNode> options, String name, double max, boolean whole, List<Problem> problems) {
        JsonNode value = options.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (number >= 1 && number <= max && (!whole || number == Math.rint(number))) {
            return number;
        }
        String range = (whole ? "an integer" : "a number") + " from 1 to " + (long) max;
        problems.add(Problem.at(
                        ErrorCode.INVALID_OPTION,
                        path(name),
                        "option \"" + name + "\" must be " + range + ", got " + shown(value))
                .withAllowed(List.of(range)));
        return null;
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }

    private static String path(String option) {
        return "$.options[\"" + option + "\"]";
    }
}
