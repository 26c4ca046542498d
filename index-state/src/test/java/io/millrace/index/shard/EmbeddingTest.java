package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.StateNames;
import io.millrace.inference.HashingEmbedder;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows whose vectors are made of a text. */
class EmbeddingTest {
    private static final int DIMENSION = 64;
    private static final HashingEmbedder WORDS = new HashingEmbedder(DIMENSION);

    private final Fixture fixture = new Fixture(2);
    private final RowEmbedder embedder = new RowEmbedder(DIMENSION);
    private long notes;
    private long index;

    private void collection() {
        fixture.embedWith(embedder);
        notes = fixture.collection(Fixture.schema(
                "notes",
                null,
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("n", ValueType.INT),
                new Field("v", ValueType.VECTOR, DIMENSION)));
    }

    private void create() {
        collection();
        index(FreshnessMode.IMMEDIATE);
    }

    private void index(FreshnessMode mode) {
        index("notes_v", mode, "text");
        index = fixture.catalog.vectorIndex("notes_v").orElseThrow().id();
    }

    private void index(String name, FreshnessMode mode, String source) {
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

    private void write(String key, String text) {
        fixture.upsert("notes", key, Map.of("text", text));
    }

    private static double[] doubles(float[] vector) {
        double[] doubles = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            doubles[i] = vector[i];
        }
        return doubles;
    }

    private FragmentOperation search(String text) {
        return Fixture.search(notes, "v", index, Metric.COSINE, WORDS.vector(text), 1_000);
    }

    /** Returns the keys that have a vector, with their scores, by key. */
    private Map<String, Double> scores(String text) {
        return scores(fixture.ask(search(text)));
    }

    private static Map<String, Double> scores(Partial partial) {
        Map<String, Double> scores = new TreeMap<>();
        Fixture.rowsOf(partial).rows().forEach(row -> scores.put((String) row[0], (Double) row[1]));
        return scores;
    }

    private static double score(String a, String b) {
        float[] x = WORDS.vector(a);
        float[] y = WORDS.vector(b);
        double dot = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += x[i] * y[i];
        }
        return dot;
    }

    private long pending() {
        return fixture.shards.indexStatus().stream()
                .filter(status -> status.indexId() == index)
                .mapToLong(IndexStatus::pendingRows)
                .sum();
    }

    private void assertScores(Map<String, String> texts) {
        Map<String, Double> scores = scores("a mill by the river");
        assertThat(scores.keySet()).isEqualTo(new TreeMap<>(texts).keySet());
        texts.forEach((key, text) -> assertThat(scores.get(key))
                .as("%s: %s", key, text)
                .isCloseTo(score("a mill by the river", text), org.assertj.core.data.Offset.offset(1e-5)));
    }

    @Test
    void rowIsSeenAtOnceAndFoundWhenItsTextIsEmbedded() {
        create();
        write("a", "the mill");
        write("b", "a boat");

        assertThat(fixture.rows(Fixture.scan(notes, "text"))).hasSize(2);
        assertThat(scores("mill")).isEmpty();
        assertThat(pending()).isEqualTo(2);
        assertThat(fixture.shards.pendingEmbeddings()).isEqualTo(2);

        embedder.run(fixture);

        assertScores(Map.of("a", "the mill", "b", "a boat"));
        assertThat(pending()).isZero();
        assertThat(fixture.rows(Fixture.scan(notes, "text", "v")))
                .allSatisfy(row -> assertThat(row.get(2)).isNotNull());
    }

    @ParameterizedTest
    @EnumSource(FreshnessMode.class)
    void vectorReachesTheIndexAsItsModeSays(FreshnessMode mode) {
        collection();
        index(mode);
        write("a", "the mill");
        embedder.run(fixture);
        fixture.nowMs += 100;
        embedder.run(fixture);

        boolean rebuilt = mode == FreshnessMode.REBUILD_ONLY;
        assertScores(Map.of("a", "the mill"));
        assertThat(fixture.shards.indexStatus().stream()
                        .mapToLong(IndexStatus::rowsIndexed)
                        .sum())
                .isEqualTo(rebuilt ? 0 : 1);
        assertThat(fixture.shards.indexStatus().stream()
                        .mapToLong(IndexStatus::staleRows)
                        .sum())
                .isEqualTo(rebuilt ? 1 : 0);
    }

    /** A hit is never scored by a text that the row has no more. */
    @Test
    void anotherTextTakesTheVectorAwayUntilItsOwnIsThere() {
        create();
        write("a", "the mill");
        embedder.run(fixture);

        fixture.patch("notes", "a", Map.of("text", "a boat"));
        assertThat(scores("mill")).isEmpty();
        fixture.patch("notes", "a", Map.of("n", 7L));
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat"));
        assertThat(embedder.embedded).containsExactly("the mill", "a boat");
    }

    @Test
    void vectorOfAnOldTextIsDropped() {
        create();
        write("a", "the mill");
        fixture.background();
        assertThat(embedder.waiting).hasSize(1);
        write("a", "a boat");

        embedder.answer(fixture.shards);
        fixture.background();
        assertThat(scores("mill")).isEmpty();
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat"));
    }

    @Test
    void equalTextIsNotEmbeddedAgain() {
        create();
        write("a", "the mill");
        embedder.run(fixture);

        write("a", "the mill");
        fixture.upsert("notes", "a", Map.of("text", "the mill", "n", 3L));
        fixture.patch("notes", "a", Map.of("text", "the mill"));
        Map<String, Object> nulls = new HashMap<>(Map.of("text", "the mill"));
        nulls.put("v", null);
        fixture.upsert("notes", "a", nulls);
        embedder.run(fixture);

        assertScores(Map.of("a", "the mill"));
        assertThat(embedder.embedded).containsExactly("the mill");
    }

    @Test
    void vectorThatTheEventBringsIsTaken() {
        create();
        fixture.upsert("notes", "a", Map.of("text", "the mill", "v", doubles(WORDS.vector("a boat"))));
        write("b", "the mill");
        fixture.patch("notes", "b", Map.of("v", doubles(WORDS.vector("the sea"))));
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat", "b", "the sea"));
        assertThat(embedder.embedded).isEmpty();
    }

    @Test
    void rowWithoutTextOrThatIsGoneHasNoVector() {
        create();
        write("gone", "the mill");
        write("blank", "  ");
        write("taken", "the mill");
        write("nulled", "the mill");
        fixture.upsert("notes", "none", Map.of("n", 1L));
        fixture.background();
        fixture.delete("notes", "gone", false);
        Map<String, Object> noText = new HashMap<>();
        noText.put("text", null);
        fixture.patch("notes", "nulled", noText);
        Map<String, Object> noVector = new HashMap<>();
        noVector.put("v", null);
        fixture.patch("notes", "taken", noVector);
        embedder.run(fixture);

        assertThat(scores("mill")).isEmpty();
        assertThat(fixture.shards.pendingEmbeddings()).isZero();
        assertThat(fixture.rows(Fixture.scan(notes))).hasSize(4);
    }

    @Test
    void rowsOfBeforeTheIndexAreEmbedded() {
        collection();
        for (int i = 0; i < 300; i++) {
            write("k" + i, "word" + i);
        }
        fixture.upsert("notes", "own", Map.of("text", "the mill", "v", doubles(WORDS.vector("a boat"))));
        index(FreshnessMode.IMMEDIATE);
        embedder.run(fixture);

        assertThat(scores("mill")).hasSize(301);
        assertThat(embedder.embedded).hasSize(300);
        index("again", FreshnessMode.IMMEDIATE, "text");
        embedder.run(fixture);
        assertThat(embedder.embedded).as("one index cares for the field").hasSize(300);
        fixture.control(new CatalogChange.DropVectorIndex("notes_v", false));
        write("late", "the mill");
        embedder.run(fixture);
        assertThat(embedder.embedded).as("then another").hasSize(301);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatWaitsSurvivesACrashAndMoreThanAWindow(long seed) {
        Random random = new Random(seed);
        create();
        Map<String, String> texts = new TreeMap<>();
        int rows = 2 * EmbeddingQueue.WINDOW_MAX * 3;
        for (int i = 0; i < rows; i++) {
            String key = "k" + random.nextInt(rows);
            texts.put(key, "w" + i + " mill");
            write(key, "w" + i + " mill");
        }
        fixture.background();
        for (int i = 0; i < 5; i++) {
            embedder.answer(fixture.shards);
            fixture.background();
        }
        assertThat(fixture.shards.pendingEmbeddings()).isLessThan(texts.size());
        fixture.restart();
        embedder.waiting.clear();
        embedder.batchMax = 64;
        String deleted = texts.keySet().iterator().next();
        fixture.delete("notes", deleted, false);
        texts.remove(deleted);
        String changed = texts.keySet().iterator().next();
        write(changed, "a boat");
        texts.put(changed, "a boat");
        long before = fixture.shards.pendingEmbeddings();
        embedder.run(fixture);

        assertThat(before).isPositive();
        assertThat(fixture.shards.pendingEmbeddings()).isZero();
        FragmentOperation all = new FragmentOperation.SearchVectors(
                Fixture.all(notes), "v", index, Metric.COSINE, WORDS.vector("mill"), 10_000, List.of(), true, 100, 4);
        assertThat(scores(fixture.ask(all)).keySet()).isEqualTo(texts.keySet());
        assertThat(fixture.storages.values())
                .allSatisfy(storage -> assertThat(
                                storage.open(StateNames.VECTOR_EMBEDDING).size())
                        .as("only what is written of the index is left")
                        .isOne());
    }

    @Test
    void fillGoesOnAfterACrash() {
        collection();
        for (int i = 0; i < 1_000; i++) {
            write("k" + i, "word" + i);
        }
        index(FreshnessMode.IMMEDIATE);
        fixture.shards.runBackground(0);
        fixture.restart();
        embedder.waiting.clear();
        embedder.run(fixture);

        assertThat(scores("mill")).hasSize(1_000);
    }

    @Test
    void embedderThatIsDownIsTriedAgainLaterAndLater() {
        create();
        embedder.refused = text -> true;
        write("a", "the mill");
        long[] pauses = new long[8];
        for (int i = 0; i < pauses.length; i++) {
            embedder.run(fixture);
            long next = fixture.shards.nextDeadlineMs();
            pauses[i] = next - fixture.nowMs;
            fixture.nowMs = next;
        }
        assertThat(pauses).containsExactly(1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000);
        assertThat(pending()).isOne();
        assertThat(fixture.rows(Fixture.scan(notes))).hasSize(1);

        embedder.refused = text -> false;
        embedder.run(fixture);
        assertScores(Map.of("a", "the mill"));
    }

    /** A text that the model refuses spoils its batch: the others must not wait for it for ever. */
    @Test
    void textThatIsRefusedStaysBehindAlone() {
        create();
        embedder.refused = text -> text.startsWith("bad");
        embedder.batchMax = 8;
        for (int i = 0; i < 100; i++) {
            write("k" + i, (i % 25 == 0 ? "bad" : "good") + i);
        }
        for (int i = 0; i < 60; i++) {
            embedder.run(fixture);
            fixture.nowMs += 60_000;
        }
        assertThat(scores("good")).hasSize(96);
        assertThat(pending()).isEqualTo(4);
    }

    @Test
    void jobWithoutAnEmbedderKeepsWhatWaits() {
        embedder.available = false;
        create();
        write("a", "the mill");
        embedder.run(fixture);
        assertThat(pending()).isOne();
        assertThat(fixture.shards.nextDeadlineMs()).as("nothing to do").isEqualTo(Long.MAX_VALUE);

        fixture.restart();
        embedder.available = true;
        fixture.restart();
        embedder.run(fixture);
        assertScores(Map.of("a", "the mill"));
    }

    @Test
    void embedderOfAnotherDimensionLeavesTheRowsWaiting() {
        create();
        write("a", "the mill");
        fixture.background();
        EmbeddingBatch batch = embedder.waiting.remove();
        fixture.shards.embedded(batch, List.of(new float[] {1, 2}));
        fixture.background();

        assertThat(pending()).isOne();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(fixture.nowMs + 1_000);
    }

    @Test
    void longTextIsCutWhereItIsEmbedded() {
        create();
        write("a", "x".repeat(39) + "\uD83D\uDE00 mill");
        embedder.run(fixture);

        assertThat(embedder.embedded).containsExactly("x".repeat(39));
        assertThat(fixture.rows(Fixture.scan(notes, "text")).get(0).get(1).toString())
                .endsWith("mill");
    }

    @Test
    void tokenWaitsUntilTheTextsBelowItAreEmbedded() {
        create();
        write("a", "the mill");
        write("b", "a boat");
        fixture.background();
        EmbeddingBatch held = embedder.waiting.peekLast();
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        int before = fixture.partials.size();

        fixture.shards.submit(fixture.fragment(search("mill"), token));
        fixture.finish();
        assertThat(fixture.partials.subList(before, fixture.partials.size()))
                .singleElement()
                .satisfies(partial -> assertThat(partial.result()).isInstanceOf(PartialResult.Waiting.class));
        write("c", "the sea");
        assertThat(held).isNotNull();
        while (fixture.partials.size() == before + 1) {
            embedder.answer(fixture.shards);
            fixture.background();
            fixture.finish();
        }

        assertThat(scores(fixture.partials.get(before + 1)).keySet()).contains("a", "b");
        assertThat(fixture.ask(Fixture.scan(notes), token))
                .as("scans wait for no text")
                .isNotNull();
    }

    @Test
    void tokenBelowWhatWaitsIsAnsweredAtOnce() {
        create();
        write("a", "the mill");
        embedder.run(fixture);
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        write("b", "a boat");

        assertThat(scores(fixture.ask(search("mill"), token))).containsKey("a");
    }

    @Test
    void tokenWaitsForRowsOfBeforeTheIndexToo() {
        collection();
        write("a", "the mill");
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, 1L));
        index(FreshnessMode.IMMEDIATE);
        int before = fixture.partials.size();
        fixture.shards.submit(fixture.fragment(search("mill"), token));
        embedder.run(fixture);
        fixture.finish();

        assertThat(fixture.partials).hasSize(before + 2);
        assertThat(scores(fixture.partials.get(before + 1))).containsKey("a");
    }

    @Test
    void whatWaitsGoesWithItsIndexAndItsCollection() {
        create();
        write("a", "the mill");
        fixture.control(new CatalogChange.DropVectorIndex("notes_v", false));
        embedder.run(fixture);
        assertThat(entries()).isZero();

        index(FreshnessMode.IMMEDIATE);
        fixture.background();
        assertThat(embedder.waiting).as("the row waits for the new index").hasSize(1);
        fixture.control(new CatalogChange.DropCollection("notes", false));
        embedder.run(fixture);
        assertThat(entries()).isZero();
    }

    private long entries() {
        return fixture.storages.values().stream()
                .mapToLong(storage -> storage.open(StateNames.VECTOR_EMBEDDING).size())
                .sum();
    }

    @Test
    void textOfTheKeyIsEmbedded() {
        collection();
        index("notes_v", FreshnessMode.IMMEDIATE, "id");
        index = fixture.catalog.vectorIndex("notes_v").orElseThrow().id();
        fixture.patch("notes", "the mill", Map.of("n", 1L));
        fixture.upsert("notes", "a boat", Map.of("n", 1L));
        embedder.run(fixture);

        assertScores(Map.of("the mill", "the mill", "a boat", "a boat"));
    }

    /** Keeps the row's event time and type, by which it is found. */
    @Test
    void rowKeepsItsPlaceInTime() {
        fixture.embedWith(embedder);
        notes = fixture.collection(Fixture.schema(
                "notes",
                "at",
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("at", ValueType.TIMESTAMP),
                new Field("v", ValueType.VECTOR, DIMENSION)));
        index(FreshnessMode.IMMEDIATE);
        fixture.upsert("notes", "a", Map.of("text", "the mill", "at", 5_000_000L));
        List<List<@Nullable Object>> before = fixture.rows(Fixture.scan(notes, "@timestamp", "text", "at"));
        embedder.run(fixture);

        assertThat(fixture.rows(Fixture.scan(notes, "@timestamp", "text", "at")))
                .isEqualTo(before);
        assertScores(Map.of("a", "the mill"));
    }

    /** Version 1 of what waits: state that holds such bytes must be read for ever. */
    @Test
    void bytesOfVersion1AreWrittenAndRead() {
        Fixture one = new Fixture(1);
        one.embedWith(new RowEmbedder(DIMENSION));
        one.collection(Fixture.schema(
                "notes",
                null,
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("v", ValueType.VECTOR, DIMENSION)));
        one.control(new CatalogChange.CreateVectorIndex(
                new VectorIndexDefinition(
                        0,
                        "notes_v",
                        "notes",
                        "v",
                        DIMENSION,
                        Metric.COSINE,
                        VectorEngine.FLAT,
                        Freshness.of(FreshnessMode.IMMEDIATE),
                        16,
                        100,
                        100,
                        VectorIndexDefinition.Quantization.NONE,
                        VectorIndexDefinition.Rescore.MEMORY,
                        List.of(),
                        VectorIndexDefinition.DimensionPolicy.ERROR,
                        4.0,
                        "text",
                        0),
                false));
        one.background();
        one.offset = 258;
        one.upsert("notes", "ä", Map.of("text", "Größe"));
        one.shards.flush();
        var store = one.storages.get(0).open(StateNames.VECTOR_EMBEDDING);

        byte[] waits = store.get(Bytes.ofLong(1), Bytes.utf8("ä"));
        byte[] directory = store.get(Bytes.NONE, Bytes.ofLong(1));

        assertThat(java.util.HexFormat.of().formatHex(waits))
                .isEqualTo("01" + "3cf001956b9eb8f1" + "0000000000000102"
                        + java.util.HexFormat.of().formatHex(Bytes.utf8("millrace.events-0")));
        assertThat(directory).containsExactly(1, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        one.crash();
        assertThat(one.shards.pendingEmbeddings()).isOne();
    }
}
