package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.inference.Embedder;
import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.Embedders;
import io.millrace.local.support.Sentences;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in, texts asked, through Kafka and MiniLM, against an exact search over vectors that the test computes. */
class TextSearchITCase {
    private static final int K = 5;

    private static final Map<String, String> TEXTS = Sentences.all();
    private static final Map<String, float[]> VECTORS = new TreeMap<>();
    private static TestStack stack;
    private static Embedder embedder;
    private static OffsetToken token;

    @BeforeAll
    static void ingest() throws Exception {
        EmbedderSettings settings = EmbedderSettings.of("minilm");
        embedder = Embedders.find(settings, TextSearchITCase.class.getClassLoader())
                .open(settings);
        for (Map.Entry<String, String> text : TEXTS.entrySet()) {
            VECTORS.put(text.getKey(), vector(text.getValue()));
        }
        stack = TestStack.start();
        stack.run("CREATE COLLECTION notes (id STRING PRIMARY KEY, text STRING, v VECTOR(384))");
        List<Map.Entry<String, String>> all = List.copyOf(TEXTS.entrySet());
        token = stack.client().send(all.subList(0, 40).stream().map(TextSearchITCase::note));
        stack.run("CREATE VECTOR INDEX notes_v ON notes(v) WITH (metric = 'cosine', embed_from = 'text')");
        token = token.and(stack.client().send(all.subList(40, 100).stream().map(TextSearchITCase::note)));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
        if (embedder != null) {
            embedder.close();
        }
    }

    private static float[] vector(String text) throws Exception {
        return embedder.embed(List.of(text)).get(0);
    }

    private static ObjectNode note(Map.Entry<String, String> text) {
        return TestStack.upsert(
                "notes", text.getKey(), TestStack.JSON.createObjectNode().put("text", text.getValue()));
    }

    private static Answer search(String text, String more, OffsetToken at) {
        String plan = "{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\": {"
                + "\"index\": \"notes_v\", \"query_text\": \"$q\", \"top_k\": " + K + more + "}}]}";
        return stack.ask(RequestBuilder.plan(plan)
                .parameter("q", TestStack.JSON.getNodeFactory().textNode(text))
                .minOffsets(at));
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

    private static List<String> nearest(float[] query) {
        return VECTORS.entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        (Map.Entry<String, float[]> entry) -> -cosine(query, entry.getValue())))
                .limit(K)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> ids(Answer answer) {
        List<String> ids = new ArrayList<>();
        answer.column("s", "id").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "my teeth hurt",
                "borrowing money for a house",
                "planets and stars",
                "the program crashes",
                "rain and lightning",
                "a vessel on the sea",
                "flour, yeast and an oven",
                "growing vegetables",
                "someone plays an instrument",
                "repairing a two-wheeler"
            })
    void textFindsExactlyTheRowsWhoseTextsAreNearest(String text) throws Exception {
        float[] query = vector(text);

        Answer answer = search(text, ", \"ef_search\": 200, \"alpha\": 20", token);

        assertThat(ids(answer)).isEqualTo(nearest(query));
        for (JsonNode row : answer.rows("s")) {
            float[] stored =
                    java.util.Objects.requireNonNull(VECTORS.get(row.get(0).asText()));
            assertThat(row.get(1).asDouble()).isCloseTo(cosine(query, stored), within(1e-5));
        }
        assertThat(search(text, ", \"exact\": true", token).rows("s")).isEqualTo(answer.rows("s"));
    }

    @Test
    void anotherTextOfARowChangesTheAnswer() {
        String question = "a whale under the ice";
        assertThat(ids(search(question, "", token))).doesNotContain("new");
        ObjectNode first = TestStack.upsert(
                "notes", "new", TestStack.JSON.createObjectNode().put("text", "Whales that swim below the pack ice"));
        OffsetToken written = token.and(stack.client().send(List.of(first)));
        assertThat(ids(search(question, "", written))).startsWith("new");

        ObjectNode patch = TestStack.JSON
                .createObjectNode()
                .put("op", "patch")
                .put("collection", "notes")
                .put("id", "new");
        patch.putObject("fields").put("text", "Invoices of the last quarter");
        OffsetToken patched = written.and(stack.client().send(List.of(patch)));
        assertThat(ids(search(question, "", patched))).doesNotContain("new");
        assertThat(ids(search("unpaid bills", "", patched))).startsWith("new");

        ObjectNode delete = TestStack.JSON
                .createObjectNode()
                .put("op", "delete")
                .put("collection", "notes")
                .put("id", "new");
        OffsetToken deleted = patched.and(stack.client().send(List.of(delete)));
        assertThat(ids(search("unpaid bills", "", deleted))).doesNotContain("new");
    }

    @Test
    void statusTellsThatNothingWaits() {
        Answer found = search("anything", "", token);
        assertThat(found.json().at("/freshness/pending_rows").asLong()).isZero();

        Answer status = stack.run("SHOW VECTOR INDEX STATUS notes_v");

        assertThat(status.column("result", "pending_rows"))
                .allSatisfy(rows -> assertThat(rows.asLong()).isZero());
    }

    @Test
    void wrongSearchesAndIndexesAreRefused() {
        stack.run("CREATE COLLECTION small (id STRING PRIMARY KEY, text STRING, n INT, v VECTOR(3))");
        assertThat(stack.client()
                        .statement("CREATE VECTOR INDEX small_v ON small(v) WITH (embed_from = 'text')")
                        .errorCode())
                .isEqualTo("INVALID_DIMENSION");
        assertThat(stack.client()
                        .statement("CREATE VECTOR INDEX small_v ON small(v) WITH (embed_from = 'n')")
                        .errorCode())
                .isEqualTo("INVALID_OPTION");
        assertThat(stack.client()
                        .plan("{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\":"
                                + " {\"collection\": \"small\", \"query_text\": \"x\"}}]}")
                        .errorCode())
                .isEqualTo("INVALID_DIMENSION");
    }
}
