package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.LiteralContext;
import io.millrace.planner.grammar.MillraceParser.NumberContext;
import io.millrace.planner.grammar.MillraceParser.VectorContext;
import io.millrace.planner.parse.Parameters;
import io.millrace.planner.parse.Values;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.statement.StatementParser;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Reads what stands in a statement or in its parameters. */
final class Literals {
    private static final int DIGITS_MAX = 64;

    private final Map<String, JsonNode> parameters;
    private final Words words;

    Literals(Map<String, JsonNode> parameters, Words words) {
        this.parameters = parameters;
        this.words = words;
    }

    /** Returns the constant; null where it cannot be read, which is reported. */
    @Nullable Constant read(LiteralContext tree) {
        if (tree.NULL() != null) {
            return new Constant(null);
        }
        if (tree.TRUE() != null || tree.FALSE() != null) {
            return new Constant(tree.TRUE() != null);
        }
        if (tree.STRING() != null) {
            String text = tree.STRING().getText();
            return new Constant(text.substring(1, text.length() - 1).replace("''", "'"));
        }
        if (tree.PARAMETER() != null) {
            return parameter(tree, tree.PARAMETER());
        }
        boolean list = tree.getStart().getText().equals("[");
        return list ? list(tree.number()) : number(tree.number(0));
    }

    private @Nullable Constant list(List<NumberContext> trees) {
        List<Object> numbers = new ArrayList<>(trees.size());
        for (NumberContext tree : trees) {
            Constant number = number(tree);
            if (number == null || number.raw() == null) {
                return null;
            }
            numbers.add(number.raw());
        }
        return new Constant(numbers);
    }

    private @Nullable Constant number(NumberContext tree) {
        String text = tree.getText();
        BigDecimal number = text.length() > DIGITS_MAX ? null : new BigDecimal(text);
        if (number == null || !Double.isFinite(number.doubleValue())) {
            words.report(
                    tree, ErrorCode.INVALID_VALUE, "a number has at most " + DIGITS_MAX + " characters and is finite");
            return null;
        }
        Object whole = tree.INTEGER() == null ? null : Values.coerce(text, io.millrace.protocol.value.ValueType.INT);
        return new Constant(whole == null ? (Object) number.doubleValue() : whole);
    }

    @Nullable Constant parameter(ParserRuleContext tree, TerminalNode token) {
        String name = token.getText().substring(1);
        JsonNode node = parameters.get(name);
        if (node != null && node.isNull()) {
            return new Constant(null);
        }
        if (node != null && node.isArray()) {
            return elements(tree, name, node);
        }
        Object scalar = node == null ? null : Values.scalar(node);
        if (scalar == null) {
            words.add(tree, Parameters.missing(name, node, parameters.keySet(), StatementParser.PATH));
            return null;
        }
        return new Constant(scalar);
    }

    private @Nullable Constant elements(ParserRuleContext tree, String name, JsonNode node) {
        List<Object> elements = new ArrayList<>(node.size());
        for (JsonNode each : node) {
            Object scalar = Values.scalar(each);
            if (scalar == null) {
                words.report(
                        tree,
                        ErrorCode.INVALID_PARAMETER,
                        "parameter \"" + name + "\" has an element that is no string, number or boolean: "
                                + shown(each));
                return null;
            }
            elements.add(scalar);
        }
        return new Constant(elements);
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() > 32 ? text.substring(0, 32) + "…" : text;
    }

    /** Returns the vector, which must fit the field and the metric; null where it does not, which is reported. */
    @Nullable QueryVector vector(VectorContext tree, Field field, Metric metric) {
        Constant constant = tree.PARAMETER() != null ? parameter(tree, tree.PARAMETER()) : list(tree.number());
        return constant == null ? null : vector(tree, constant, field, metric);
    }

    @Nullable QueryVector vector(ParserRuleContext tree, Constant constant, Field field, Metric metric) {
        if (!(constant.raw() instanceof List<?> list)) {
            words.report(
                    tree,
                    ErrorCode.INVALID_VECTOR,
                    "a vector is a list of numbers or a parameter that has one, got " + tree.getText());
            return null;
        }
        if (list.size() != field.dimension()) {
            words.report(
                    tree,
                    ErrorCode.INVALID_DIMENSION,
                    "vector has " + list.size() + " dimensions, field \"" + field.name() + "\" needs "
                            + field.dimension());
            return null;
        }
        float[] components = new float[list.size()];
        boolean zero = true;
        for (int i = 0; i < components.length; i++) {
            components[i] = list.get(i) instanceof Number number ? (float) number.doubleValue() : Float.NaN;
            if (!Float.isFinite(components[i])) {
                words.report(tree, ErrorCode.INVALID_VECTOR, "component " + i + " of the vector is no finite number");
                return null;
            }
            zero &= components[i] == 0;
        }
        if (zero && metric == Metric.COSINE) {
            words.report(tree, ErrorCode.INVALID_VECTOR, "a zero vector has no direction to compare by cosine");
            return null;
        }
        return new QueryVector(components);
    }
}
