package io.millrace.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The bundled sample: papers with word vectors and labels, and the citations between them. */
public final class CoraSample {
    /** Components of a paper's vector: 1 for a word that occurs in it. */
    public static final int WORDS = 1_433;

    private static final List<String> LABELS = List.of(
            "Theory",
            "Reinforcement Learning",
            "Genetic Algorithms",
            "Neural Networks",
            "Probabilistic Methods",
            "Case Based",
            "Rule Learning");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CoraSample() {}

    /** Returns one upsert a paper: fields label, topic, words (how many) and v. */
    public static Stream<JsonNode> papers() {
        return lines("nodes.csv").map(CoraSample::paper);
    }

    /** Returns one edge a citation. */
    public static Stream<JsonNode> citations() {
        return lines("edges.csv").map(CoraSample::citation);
    }

    /** Returns the vector of the words whose places are given. */
    static float[] vector(int... places) {
        float[] vector = new float[WORDS];
        for (int place : places) {
            vector[place] = 1;
        }
        return vector;
    }

    private static JsonNode paper(String line) {
        String[] columns = line.split(",", -1);
        int label = Integer.parseInt(columns[1]);
        ObjectNode event = JSON.objectNode();
        event.put("op", "upsert").put("collection", "papers").put("id", Long.parseLong(columns[0]));
        ObjectNode fields = event.putObject("fields");
        fields.put("label", label).put("topic", LABELS.get(label)).put("words", Integer.parseInt(columns[2]));
        ArrayNode v = fields.putArray("v");
        boolean[] occurs = new boolean[WORDS];
        for (String place : columns[3].trim().split(" ")) {
            occurs[Integer.parseInt(place)] = true;
        }
        for (boolean word : occurs) {
            v.add(word ? 1 : 0);
        }
        return event;
    }

    private static JsonNode citation(String line) {
        String[] columns = line.split(",", -1);
        return JSON.objectNode()
                .put("op", "upsert_edge")
                .put("type", "CITES")
                .put("from", columns[0])
                .put("to", columns[1]);
    }

    private static Stream<String> lines(String name) {
        InputStream in = CoraSample.class.getResourceAsStream("/samples/cora/" + name);
        if (in == null) {
            throw new IllegalStateException("the sample " + name + " is not on the class path");
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("the sample " + name + " cannot be read", e);
        }
    }
}
