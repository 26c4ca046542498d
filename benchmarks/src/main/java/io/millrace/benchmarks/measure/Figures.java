package io.millrace.benchmarks.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a benchmark says in the end: figures with stable names, in the order they were put. */
public final class Figures {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String SETTINGS = "settings";

    private final Map<String, Figure> figures = new LinkedHashMap<>();

    private record Figure(double value, String unit) {}

    /** @throws IllegalArgumentException if the name is taken, or the value no number */
    public Figures put(String name, double value, String unit) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("figure " + name + " is no number: " + value);
        }
        if (name.equals(SETTINGS) || figures.putIfAbsent(name, new Figure(value, unit)) != null) {
            throw new IllegalArgumentException("figure " + name + " is there already");
        }
        return this;
    }

    /** Prints one line a figure: {@code FIGURE name value unit}. */
    public void print(PrintWriter out) {
        figures.forEach((name, figure) -> out.println("FIGURE " + name + " " + text(figure.value) + " " + figure.unit));
        out.flush();
    }

    /** Returns an object of the figures by name, each with value and unit, and of the settings. */
    public ObjectNode json(Map<String, ?> settings) {
        ObjectNode json = JSON.createObjectNode();
        figures.forEach((name, figure) ->
                json.putObject(name).put("value", figure.value).put("unit", figure.unit));
        json.set(SETTINGS, JSON.valueToTree(settings));
        return json;
    }

    public void write(Path file, Map<String, ?> settings) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(json(settings)) + "\n");
    }

    private static String text(double value) {
        double size = Math.abs(value);
        String format = size >= 1000 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
