package io.millrace.planner.statement;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.OptionContext;
import io.millrace.planner.grammar.MillraceParser.ValueContext;
import io.millrace.planner.grammar.MillraceParser.WithContext;
import io.millrace.planner.parse.Parameters;
import io.millrace.planner.parse.TimeRanges;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of WITH: one of a wrong value is a problem that says what is allowed, and so is one that nobody asked
 * for. Option names and words are case-insensitive; numbers and booleans may be quoted.
 */
public final class Options {
    private final Map<String, OptionContext> given = new HashMap<>();
    private final Set<String> known = new TreeSet<>();
    private final Map<String, JsonNode> parameters;
    private final List<Problem> problems;

    public Options(@Nullable WithContext with, Map<String, JsonNode> parameters, List<Problem> problems) {
        this(with == null ? List.of() : with.option(), parameters, problems);
    }

    public Options(List<OptionContext> options, Map<String, JsonNode> parameters, List<Problem> problems) {
        this.parameters = parameters;
        this.problems = problems;
        for (OptionContext option : options) {
            String name = option.word().getText().toLowerCase(Locale.ROOT);
            if (given.putIfAbsent(name, option) != null) {
                problems.add(Words.at(option, ErrorCode.INVALID_OPTION, "option \"" + name + "\" is there twice"));
            }
        }
    }

    public boolean has(String name) {
        known.add(name);
        return given.containsKey(name);
    }

    /** Returns the text of a value; null where the option is missing. */
    public @Nullable String text(String name) {
        List<String> texts = texts(name);
        if (texts == null) {
            return null;
        }
        if (texts.size() != 1) {
            wrong(name, "a list", List.of("one value"));
            return null;
        }
        return texts.get(0);
    }

    /** Returns the texts of a list, or of a text that commas part; null where the option is missing. */
    @Nullable List<String> list(String name) {
        List<String> texts = texts(name);
        if (texts == null || texts.size() != 1) {
            return texts;
        }
        return Arrays.stream(texts.get(0).split(","))
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Returns the value, which must be one of {@code allowed}, in lower case. */
    public @Nullable String choice(String name, List<String> allowed) {
        String text = text(name);
        if (text == null || allowed.contains(text.toLowerCase(Locale.ROOT))) {
            return text == null ? null : text.toLowerCase(Locale.ROOT);
        }
        wrong(name, text, allowed);
        return null;
    }

    public int integer(String name, int min, int max, int otherwise) {
        Integer number = integer(name, min, max);
        return number == null ? otherwise : number;
    }

    public @Nullable Integer integer(String name, int min, int max) {
        BigDecimal number = number(name, min, max, true);
        return number == null ? null : (Integer) number.intValueExact();
    }

    public @Nullable Double decimal(String name, double min, double max) {
        BigDecimal number = number(name, min, max, false);
        return number == null ? null : (Double) number.doubleValue();
    }

    @Nullable Boolean bool(String name) {
        String text = choice(name, List.of("true", "false"));
        return text == null ? null : (Boolean) text.equals("true");
    }

    /** Reports every option of {@code names}, which is one of something else, with what may stand here instead. */
    void refuse(Set<String> names, String message, String hint) {
        given.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            if (names.contains(entry.getKey())) {
                problems.add(Words.at(
                                entry.getValue(),
                                ErrorCode.INVALID_OPTION,
                                "option \"" + entry.getKey() + "\" " + message)
                        .withHint(hint)
                        .withAllowed(List.copyOf(known)));
            }
        });
        given.keySet().removeAll(names);
    }

    @Nullable Long durationMs(String name) {
        String text = text(name);
        Long duration = text == null ? null : TimeRanges.durationMs(text);
        if (text != null && duration == null) {
            wrong(name, text, List.of("a duration such as '30s', '5m', '2h', '30d' or '4w'"));
        }
        return duration;
    }

    /** Reports every option that was not asked for. */
    public void finish(String owner) {
        given.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            if (!known.contains(entry.getKey())) {
                problems.add(Words.at(
                                entry.getValue(),
                                ErrorCode.INVALID_OPTION,
                                owner + " has no option \"" + entry.getKey() + "\"")
                        .withAllowed(List.copyOf(known))
                        .withNearest(Nearest.of(entry.getKey(), known)));
            }
        });
    }

    /** Reports a value of an option. */
    public void wrong(String name, String value, List<String> allowed) {
        report(ErrorCode.INVALID_OPTION, name, "option \"" + name + "\" cannot be \"" + value + "\"", allowed, value);
    }

    void report(ErrorCode code, String name, String message, List<String> allowed, String value) {
        OptionContext option = given.get(name);
        Problem problem = option == null
                ? Problem.at(code, StatementParser.PATH, message)
                : Words.at(option.value(), code, message);
        problems.add(problem.withAllowed(allowed).withNearest(Nearest.of(value, allowed)));
    }

    private @Nullable BigDecimal number(String name, double min, double max, boolean whole) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            BigDecimal number = text.length() > 32 ? null : new BigDecimal(text);
            boolean fits = number != null
                    && number.doubleValue() >= min
                    && number.doubleValue() <= max
                    && (!whole || number.stripTrailingZeros().scale() <= 0);
            if (fits) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same answer as a number out of range.
        }
        String bounds = whole ? (long) min + " to " + (long) max : min + " to " + max;
        wrong(name, text, List.of((whole ? "an integer from " : "a number from ") + bounds));
        return null;
    }

    private @Nullable List<String> texts(String name) {
        known.add(name);
        OptionContext option = given.get(name);
        if (option == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        int before = problems.size();
        addTexts(option.value(), texts);
        return problems.size() > before ? null : texts;
    }

    private void addTexts(ValueContext value, List<String> texts) {
        if (value.getStart().getText().equals("[")) {
            value.value().forEach(each -> addTexts(each, texts));
        } else if (value.STRING() != null) {
            String text = value.STRING().getText();
            texts.add(text.substring(1, text.length() - 1).replace("''", "'"));
        } else if (value.PARAMETER() != null) {
            addParameter(value, texts);
        } else {
            texts.add(value.getText());
        }
    }

    private void addParameter(ValueContext value, List<String> texts) {
        String name = value.PARAMETER().getText().substring(1);
        JsonNode node = parameters.get(name);
        if (node != null && node.isValueNode() && !node.isNull()) {
            texts.add(node.asText());
            return;
        }
        if (node != null && node.isArray()) {
            node.forEach(each -> texts.add(each.asText()));
            return;
        }
        problems.add(Parameters.missing(name, node, parameters.keySet(), StatementParser.PATH));
    }
}
