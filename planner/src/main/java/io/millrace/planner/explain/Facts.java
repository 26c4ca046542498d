package io.millrace.planner.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Named facts in the order they were put; names are snake_case. A value is text, a number, a truth value, a list of those,
 * facts, or a list of facts.
 */
public final class Facts {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Puts a text; null puts nothing. */
    public Facts put(String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    public Facts put(String name, long value) {
        values.put(name, value);
        return this;
    }

    /** Puts a number; one that JSON does not have puts nothing. */
    public Facts put(String name, double value) {
        if (Double.isFinite(value)) {
            values.put(name, value);
        }
        return this;
    }

    public Facts put(String name, boolean value) {
        values.put(name, value);
        return this;
    }

    /** Puts milliseconds, to the microsecond. */
    public Facts putMs(String name, double ms) {
        return put(name, Math.round(ms * 1000) / 1000.0);
    }

    /** Puts texts or whole numbers; none put nothing. */
    public Facts put(String name, List<?> list) {
        if (!list.isEmpty()) {
            values.put(name, List.copyOf(list));
        }
        return this;
    }

    public Facts put(String name, Facts facts) {
        values.put(name, facts);
        return this;
    }

    public Facts putAll(Facts others) {
        values.putAll(others.values);
        return this;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /** Gives each fact as one line of text; the entries of a list of facts each make one. */
    void forEachLine(BiConsumer<String, String> line) {
        values.forEach((name, value) -> {
            if (value instanceof List<?> list && list.get(0) instanceof Facts) {
                for (int i = 0; i < list.size(); i++) {
                    line.accept(name + "[" + i + "]", text(list.get(i)));
                }
            } else {
                line.accept(name, text(value));
            }
        });
    }

    private static String text(Object value) {
        if (value instanceof Facts facts) {
            return facts.values.entrySet().stream()
                    .map(fact -> fact.getKey() + ": " + inner(fact.getValue()))
                    .collect(Collectors.joining(", "));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Facts::inner).collect(Collectors.joining(", ", "[", "]"));
        }
        return value.toString();
    }

    private static String inner(Object value) {
        return value instanceof Facts ? "{" + text(value) + "}" : text(value);
    }

    void addTo(ObjectNode out) {
        values.forEach((name, value) -> {
            if (value instanceof Facts facts) {
                facts.addTo(out.putObject(name));
            } else if (value instanceof List<?> list) {
                addTo(out.putArray(name), list);
            } else if (value instanceof Boolean flag) {
                out.put(name, flag);
            } else if (value instanceof Long number) {
                out.put(name, number);
            } else if (value instanceof Double number) {
                out.put(name, number);
            } else {
                out.put(name, value.toString());
            }
        });
    }

    private static void addTo(ArrayNode out, List<?> list) {
        for (Object each : list) {
            if (each instanceof Facts facts) {
                facts.addTo(out.addObject());
            } else if (each instanceof Number number) {
                out.add(number.longValue());
            } else {
                out.add(each.toString());
            }
        }
    }

    @Override
    public String toString() {
        return text(this);
    }
}
