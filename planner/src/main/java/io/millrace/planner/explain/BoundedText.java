package io.millrace.planner.explain;

import io.millrace.protocol.value.JsonText;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Consumer;

/** Text that stops growing at a bound: what a caller writes may be long, what is explained of it is not. */
final class BoundedText {
    static final int CHARACTERS_MAX = 500;
    private static final int VALUES_MAX = 5;

    private final StringBuilder text = new StringBuilder();

    boolean isFull() {
        return text.length() > CHARACTERS_MAX;
    }

    BoundedText add(String more) {
        if (!isFull()) {
            text.append(more, 0, Math.min(more.length(), CHARACTERS_MAX + 1 - text.length()));
        }
        return this;
    }

    /** Adds each with a separator between; what lies behind the bound is not looked at. */
    <T> BoundedText addAll(Collection<T> all, String separator, Consumer<T> adder) {
        boolean first = true;
        for (T each : all) {
            if (isFull()) {
                return this;
            }
            if (!first) {
                add(separator);
            }
            first = false;
            adder.accept(each);
        }
        return this;
    }

    /**
     * Adds the operands of a conjunction or disjunction, in parentheses where it is nested.
     *
     * @param ofNone what it is without operands
     * @param adder of an operand, told whether that is nested
     */
    <T> BoundedText addOperands(
            Collection<T> operands, String word, String ofNone, boolean nested, OperandAdder<T> adder) {
        if (operands.isEmpty()) {
            return add(ofNone);
        }
        boolean several = operands.size() > 1;
        add(nested && several ? "(" : "");
        addAll(operands, word, operand -> adder.accept(operand, several));
        return add(nested && several ? ")" : "");
    }

    /** Takes an operand and whether it is nested. */
    @FunctionalInterface
    interface OperandAdder<T> {
        void accept(T operand, boolean nested);
    }

    /** Adds a constant as statements have it. */
    BoundedText addValue(Object value) {
        if (value instanceof String string) {
            String head = string.length() > CHARACTERS_MAX ? string.substring(0, CHARACTERS_MAX + 1) : string;
            return add("'").add(head.replace("'", "''")).add("'");
        }
        if (value instanceof JsonText json) {
            return addValue(json.text());
        }
        if (value instanceof float[] vector) {
            return add("a vector of " + vector.length);
        }
        return add(value.toString().toLowerCase(Locale.ROOT));
    }

    /** Adds the first of some constants, in parentheses, and how many more there are. */
    BoundedText addValues(Collection<?> values) {
        add("(");
        addAll(values.stream().limit(VALUES_MAX).toList(), ", ", this::addValue);
        int more = values.size() - VALUES_MAX;
        return add(more > 0 ? ", … " + more + " more)" : ")");
    }

    @Override
    public String toString() {
        return isFull() ? text.substring(0, CHARACTERS_MAX) + "…" : text.toString();
    }
}
