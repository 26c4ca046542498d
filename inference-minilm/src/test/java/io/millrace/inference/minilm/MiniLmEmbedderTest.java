package io.millrace.inference.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.Embedder;
import io.millrace.inference.EmbedderFactory;
import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.Embedders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MiniLmEmbedderTest {
    private static final Path SAMPLE = Path.of(
            System.getProperty("millrace.shared", "../shared"),
            "data/docs_jeopardy/jeopardy_tiny_with_vectors_all-MiniLM-L6-v2.json");

    /** Measured over the ten: 0.978 at the least. The model in full precision would give 1. */
    private static final double COSINE_MIN = 0.975;

    private static Embedder open() throws Exception {
        EmbedderSettings settings = EmbedderSettings.of("minilm");
        EmbedderFactory factory = Embedders.find(settings, MiniLmEmbedderTest.class.getClassLoader());
        assertThat(factory.dimension(settings)).isEqualTo(384);
        return factory.open(settings);
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    @Test
    void textsOfOneMeaningAreNearerThanOthers() throws Exception {
        try (Embedder embedder = open()) {
            List<float[]> vectors = embedder.embed(
                    List.of("How do I reset my password?", "I forgot my login secret", "The cat sat on the mat"));

            assertThat(vectors)
                    .hasSize(3)
                    .allSatisfy(vector -> assertThat(vector).hasSize(384));
            assertThat(cosine(vectors.get(0), vectors.get(1)))
                    .isGreaterThan(0.2 + cosine(vectors.get(0), vectors.get(2)));
        }
    }

    @Test
    void longTextAndOneOfManyScriptsHaveVectors() throws Exception {
        try (Embedder embedder = open()) {
            assertThat(embedder.embed(List.of("water mill ".repeat(700), "水车 🌊 мельница \u0000 x")))
                    .allSatisfy(vector -> assertThat(cosine(vector, vector)).isCloseTo(1, within()));
        }
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-6);
    }

    /**
     * The vectors of the sample were made of answer, category and question in one line, and are not in the order of their
     * rows: so each text must be nearest to one vector, each to another, and as near as quantisation lets it.
     */
    @Test
    void vectorsAreThoseOfTheModelWithinWhatQuantisationCosts() throws Exception {
        assumeTrue(Files.exists(SAMPLE), "no sample of docs_jeopardy");
        JsonNode rows = new ObjectMapper().readTree(SAMPLE.toFile());
        List<String> texts = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (JsonNode row : rows) {
            texts.add(row.path("Answer").asText() + " " + row.path("Category").asText() + " "
                    + row.path("Question").asText());
            expected.add(vector(row.path("vector")));
        }
        Set<Integer> nearest = new TreeSet<>();
        double least = 1;
        try (Embedder embedder = open()) {
            for (float[] vector : embedder.embed(texts)) {
                int best = 0;
                for (int i = 1; i < expected.size(); i++) {
                    best = cosine(vector, expected.get(i)) > cosine(vector, expected.get(best)) ? i : best;
                }
                nearest.add(best);
                least = Math.min(least, cosine(vector, expected.get(best)));
            }
        }
        assertThat(nearest).hasSize(10);
        assertThat(least).as("least cosine of ten").isGreaterThan(COSINE_MIN);
    }

    private static float[] vector(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
