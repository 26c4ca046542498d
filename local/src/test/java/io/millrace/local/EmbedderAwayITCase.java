package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.inference.HashingEmbedder;
import io.millrace.inference.ModelServer;
import io.millrace.local.support.Sentences;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An embedding service that is away, comes back, and is away over a restart. */
class EmbedderAwayITCase {
    private static final int DIMENSION = 32;
    private static final HashingEmbedder WORDS = new HashingEmbedder(DIMENSION);

    private static volatile boolean away;

    /** Speaks the protocol, unless it is away. */
    private static void answer(HttpExchange exchange, String body) throws IOException {
        if (away) {
            ModelServer.status(503, "{\"error\": {\"message\": \"back soon\"}}").give(exchange, body);
            return;
        }
        ObjectNode answer = TestStack.JSON.createObjectNode();
        ArrayNode data = answer.putArray("data");
        for (JsonNode text : TestStack.json(body).path("input")) {
            ArrayNode vector = data.addObject().put("index", data.size() - 1).putArray("embedding");
            for (float component : WORDS.vector(text.asText())) {
                vector.add(component);
            }
        }
        ModelServer.json(answer.toString()).give(exchange, body);
    }

    private static Map<String, String> options(ModelServer server) {
        return Map.of(
                "millrace.embedder", "openai",
                "millrace.embedder.base-url", server.uri().toString(),
                "millrace.embedder.model", "words",
                "millrace.embedder.retries", "0",
                "millrace.embedder.batch", "4",
                "millrace.embedder.timeout", "5 s");
    }

    private static RequestBuilder search(String text, OffsetToken token) {
        return RequestBuilder.plan("{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\","
                        + " \"params\": {\"index\": \"notes_v\", \"query_text\": \"" + text + "\", \"top_k\": 200}},"
                        + " {\"id\": \"f\", \"store\": \"compute\", \"op\": \"filter\", \"params\": {\"input\": \"s\","
                        + " \"condition\": \"score >= 0\"}}, {\"id\": \"d\", \"store\": \"document\", \"op\":"
                        + " \"scan\", \"params\": {\"collection\": \"notes\"}}]}")
                .minOffsets(token)
                .timeout(TestStack.PATIENCE);
    }

    private static JsonNode step(Answer answer, String id) {
        for (JsonNode step : answer.json().path("steps")) {
            if (step.path("id").asText().equals(id)) {
                return step;
            }
        }
        throw new AssertionError(answer.json());
    }

    @Test
    void rowsWaitOverARestartAndSearchesSayWhy() {
        away = false;
        try (ModelServer server = new ModelServer(EmbedderAwayITCase::answer);
                TestStack stack = TestStack.start(4, 2, options(server))) {
            stack.run("CREATE COLLECTION notes (id STRING PRIMARY KEY, text STRING, v VECTOR(" + DIMENSION + "))");
            stack.run("CREATE VECTOR INDEX notes_v ON notes(v) WITH (metric = 'cosine', embed_from = 'text')");
            away = true;
            OffsetToken token = stack.client()
                    .send(Sentences.all().entrySet().stream()
                            .map(text -> TestStack.upsert(
                                    "notes",
                                    text.getKey(),
                                    TestStack.JSON.createObjectNode().put("text", text.getValue()))));

            Answer failed = stack.client().ask(search("a leaking boat", OffsetToken.NONE));
            assertThat(step(failed, "s").path("status").asText()).isEqualTo("failed");
            assertThat(step(failed, "s").at("/error/code").asText()).isEqualTo("UNAVAILABLE");
            assertThat(step(failed, "s").at("/error/message").asText()).contains("503: back soon");
            assertThat(step(failed, "f").path("skipped_because").asText()).isEqualTo("s");
            assertThat(stack.ask(
                                    "{\"steps\": [{\"id\": \"d\", \"store\": \"document\", \"op\": \"scan\","
                                            + " \"params\": {\"collection\": \"notes\"}}]}",
                                    token)
                            .rows("d"))
                    .as("rows are seen")
                    .hasSize(100);
            assertThat(pending(stack)).isEqualTo(100);

            Path savepoint = stack.stack().stopJob();
            stack.stack().startJob(savepoint, 3);
            assertThat(pending(stack)).as("after the restart").isEqualTo(100);
            assertStale(stack, token);
            away = false;

            TestStack.await().until(() -> pending(stack) == 0);
            Answer found = stack.ask(search("a leaking boat", token));
            assertThat(found.rows("f")).hasSize(100);
            assertThat(found.column("f", "id").get(0).asText()).startsWith("sailing-");
            assertThat(stack.stack().flink().restarts()).isZero();
        }
    }

    /** The vector is known to a request that brings it: it must wait for the rows, and in vain. */
    private static void assertStale(TestStack stack, OffsetToken token) {
        String plan = "{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\":"
                + " {\"index\": \"notes_v\", \"query_vector\": \"$v\"}}]}";
        Answer stale = stack.client()
                .ask(RequestBuilder.plan(plan)
                        .parameter("v", WORDS.vector("a boat"))
                        .minOffsets(token)
                        .timeout(Duration.ofSeconds(2)));
        assertThat(stale.errorCode()).as("%s", stale.json()).isEqualTo("STALE");
        assertThat(stale.json().at("/errors/0/message").asText()).contains("offsets");
    }

    private static long pending(TestStack stack) {
        Answer status = stack.run("SHOW VECTOR INDEX STATUS notes_v");
        long sum = 0;
        for (int i = 0; i < status.rows("result").size(); i++) {
            boolean ofAShard = !status.column("result", "shard").get(i).isNull();
            sum += ofAShard ? status.column("result", "pending_rows").get(i).asLong() : 0;
        }
        return sum;
    }
}
