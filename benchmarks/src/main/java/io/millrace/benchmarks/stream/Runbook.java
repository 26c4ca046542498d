package io.millrace.benchmarks.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Operations in order, and the exact answers of its search steps where a file has them. Both files have one JSON object a
 * line, plain or {@code .gz}.
 */
record Runbook(List<Step> steps, Map<Integer, int[][]> truth) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is done: to the ids from start to before end, with the vectors from {@code vectorStart} on. */
    record Step(int number, Kind kind, int start, int end, int vectorStart) {
        int updates() {
            return kind == Kind.SEARCH ? 0 : end - start;
        }
    }

    enum Kind {
        INSERT,
        DELETE,
        REPLACE,
        SEARCH
    }

    static Runbook read(Path operations, @Nullable Path truth) throws IOException {
        List<Step> steps = new ArrayList<>();
        for (JsonNode line : lines(operations)) {
            steps.add(step(line));
        }
        Map<Integer, int[][]> answers = new HashMap<>();
        if (truth != null) {
            for (JsonNode line : lines(truth)) {
                answers.put(line.path("step").asInt(), JSON.convertValue(line.path("ids"), int[][].class));
            }
        }
        return new Runbook(List.copyOf(steps), Map.copyOf(answers));
    }

    /** Returns how many queries all its search steps have exact answers to. */
    int queriesMax() {
        return truth.values().stream().mapToInt(answers -> answers.length).min().orElse(Integer.MAX_VALUE);
    }

    private static Step step(JsonNode line) throws IOException {
        int number = line.path("step").asInt();
        int start = line.path("start").asInt();
        return switch (line.path("op").asText()) {
            case "insert" ->
                new Step(number, Kind.INSERT, start, line.path("end").asInt(), start);
            case "delete" ->
                new Step(number, Kind.DELETE, start, line.path("end").asInt(), start);
            case "replace" ->
                new Step(
                        number,
                        Kind.REPLACE,
                        line.path("tags_start").asInt(),
                        line.path("tags_end").asInt(),
                        line.path("ids_start").asInt());
            case "search" -> new Step(number, Kind.SEARCH, 0, 0, 0);
            default -> throw new IOException("step " + number + " is no operation: " + line);
        };
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (InputStream plain = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(plain) : plain;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    lines.add(JSON.readTree(line));
                }
            }
        }
        return lines;
    }
}
