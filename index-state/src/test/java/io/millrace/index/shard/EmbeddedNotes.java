package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.HashingEmbedder;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A collection of notes whose vectors are made of their texts, for tests. */
abstract class EmbeddedNotes {
    static final int DIMENSION = 64;
    static final HashingEmbedder WORDS = new HashingEmbedder(DIMENSION);

    final Fixture fixture = new Fixture(2);
    final RowEmbedder embedder = new RowEmbedder(DIMENSION);
    long notes;
    long index;

    void collection() {
        fixture.embedWith(embedder);
        notes = fixture.collection(Fixture.schema(
                "notes",
                null,
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("n", ValueType.INT),
                new Field("v", ValueType.VECTOR, DIMENSION)));
    }

    void create() {
        collection();
        index(FreshnessMode.IMMEDIATE);
    }

    void index(FreshnessMode mode) {
        index("notes_v", mode, "text");
        index = fixture.catalog.vectorIndex("notes_v").orElseThrow().id();
    }

    void index(String name, FreshnessMode mode, String source) {
        fixture.control(new CatalogChange.CreateVectorIndex(
                new VectorIndexDefinition(
                        0,
                        name,
                        "notes",
                        "v",
                        DIMENSION,
                        Metric.COSINE,
                        VectorEngine.HNSW,
                        Freshness.of(mode),
                        16,
                        100,
                        1_000,
                        VectorIndexDefinition.Quantization.NONE,
                        VectorIndexDefinition.Rescore.MEMORY,
                        List.of(),
                        VectorIndexDefinition.DimensionPolicy.ERROR,
                        4.0,
                        source,
                        0),
                false));
    }

    void write(String key, String text) {
        fixture.upsert("notes", key, Map.of("text", text));
    }

    static double[] doubles(float[] vector) {
        double[] doubles = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            doubles[i] = vector[i];
        }
        return doubles;
    }

    FragmentOperation search(String text) {
        return Fixture.search(notes, "v", index, Metric.COSINE, WORDS.vector(text), 1_000);
    }

    /** Returns the keys that have a vector, with their scores, by key. */
    Map<String, Double> scores(String text) {
        return scores(fixture.ask(search(text)));
    }

    static Map<String, Double> scores(Partial partial) {
        Map<String, Double> scores = new TreeMap<>();
        Fixture.rowsOf(partial).rows().forEach(row -> scores.put((String) row[0], (Double) row[1]));
        return scores;
    }

    static double score(String a, String b) {
        float[] x = WORDS.vector(a);
        float[] y = WORDS.vector(b);
        double dot = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += x[i] * y[i];
        }
        return dot;
    }

    long pending() {
        return fixture.shards.indexStatus().stream()
                .filter(status -> status.indexId() == index)
                .mapToLong(IndexStatus::pendingRows)
                .sum();
    }

    void assertScores(Map<String, String> texts) {
        Map<String, Double> scores = scores("a mill by the river");
        assertThat(scores.keySet()).isEqualTo(new TreeMap<>(texts).keySet());
        texts.forEach((key, text) -> assertThat(scores.get(key))
                .as("%s: %s", key, text)
                .isCloseTo(score("a mill by the river", text), org.assertj.core.data.Offset.offset(1e-5)));
    }
}
