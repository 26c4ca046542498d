package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.inference.InferenceException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonClientTest {
    private static final JsonNode BODY = JsonNodeFactory.instance.objectNode().put("a", "ä");
    private static final long NOW_MS = 1_700_000_000_000L; // Tue, 14 Nov 2023 22:13:20 GMT

    private final List<Long> waits = new ArrayList<>();

    private JsonClient client(HttpService service) {
        return new JsonClient(service, waits::add, () -> NOW_MS);
    }

    private JsonNode post(ModelServer server, int retries) throws Exception {
        return client(new HttpService(server.uri(), "secret", 5_000, 5_000, retries, 1_000))
                .post("/embeddings", BODY);
    }

    private static Kind kind(Throwable failure) {
        return ((InferenceException) failure).kind();
    }

    @Test
    void keyAndBodyAreSentAndTheAnswerIsRead() throws Exception {
        try (ModelServer server = new ModelServer(ModelServer.json("{\"b\": 2}"))) {
            assertThat(post(server, 0).path("b").asInt()).isEqualTo(2);

            assertThat(server.calls()).singleElement().satisfies(call -> {
                assertThat(call.path()).isEqualTo("/v1/embeddings");
                assertThat(call.header("Authorization")).isEqualTo("Bearer secret");
                assertThat(call.header("Content-type")).isEqualTo("application/json");
                assertThat(call.body()).isEqualTo("{\"a\":\"ä\"}");
            });
        }
    }

    @Test
    void answers429And500AreTriedAgainWithGrowingPauses() throws Exception {
        try (ModelServer server = new ModelServer(
                ModelServer.status(429, ""), ModelServer.status(500, "no"), ModelServer.json("{\"b\": 2}"))) {
            assertThat(post(server, 2).path("b").asInt()).isEqualTo(2);

            assertThat(server.calls()).hasSize(3);
            assertThat(waits).containsExactly(200L, 400L);
        }
    }

    @Test
    void lastFailureIsToldWithWhatTheServiceSays() {
        try (ModelServer server =
                new ModelServer(ModelServer.status(503, "{\"error\": {\"message\": \"the model is loading\"}}"))) {
            assertThatThrownBy(() -> post(server, 1))
                    .hasMessageContaining("answered 503: the model is loading")
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNAVAILABLE));
            assertThat(server.calls()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"7; 7000", "Tue, 14 Nov 2023 22:13:25 GMT; 5000", "soon; 200", "0; 200", "-5; 200"})
    void serviceSaysWhenToTryAgain(String retryAfter, long waitMs) throws Exception {
        try (ModelServer server =
                new ModelServer(ModelServer.status(429, "", "Retry-After", retryAfter), ModelServer.json("{}"))) {
            var answer = post(server, 1);

            assertThat(answer).isEmpty();
            assertThat(waits).containsExactly(waitMs);
        }
    }

    @ParameterizedTest
    @CsvSource({"3600", "99999999999999999"})
    void longerPauseThanAMinuteIsNotWaitedFor(String seconds) {
        try (ModelServer server = new ModelServer(ModelServer.status(429, "", "Retry-After", seconds))) {
            assertThatThrownBy(() -> post(server, 5))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNAVAILABLE));
            assertThat(server.calls()).hasSize(1);
            assertThat(waits).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "404", "302", "204"})
    void refusalIsNotTriedAgain(int status) {
        try (ModelServer server = new ModelServer(ModelServer.status(status, "", "Location", "http://localhost:1/"))) {
            assertThatThrownBy(() -> post(server, 5))
                    .hasMessageContaining("answered " + status)
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.REFUSED));
            assertThat(server.calls()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"not json", "[1]", "{\"a\":", "''"})
    void whatIsNoJsonObjectIsMalformed(String body) {
        try (ModelServer server = new ModelServer(ModelServer.json(body))) {
            assertThatThrownBy(() -> post(server, 5))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.MALFORMED));
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void answerThatIsTooLargeIsNotRead() {
        String large = "{\"b\": \"" + "x".repeat(1_000) + "\"}";
        try (ModelServer server = new ModelServer(ModelServer.json(large))) {
            assertThatThrownBy(() -> post(server, 5))
                    .hasMessageContaining("more than 1000 bytes")
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.MALFORMED));
        }
    }

    /** Also one that has begun to answer. */
    @Test
    void slowAnswerIsGivenUpAndTriedAgain() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ModelServer server = new ModelServer(
                ModelServer.stuck(() -> {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }),
                ModelServer.json("{\"b\": 2}"))) {
            JsonNode answer = client(new HttpService(server.uri(), null, 300, 300, 1, 1_000))
                    .post("/embeddings", BODY);

            assertThat(answer.path("b").asInt()).isEqualTo(2);
            assertThat(server.calls().get(0).header("Authorization")).isEmpty();
        } finally {
            over.countDown();
        }
    }

    @Test
    void serviceThatIsNotThereIsUnavailable() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://localhost:" + socket.getLocalPort());
        }
        assertThatThrownBy(() -> client(new HttpService(nobody, null, 1_000, 1_000, 2, 1_000))
                        .post("/embeddings", BODY))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNAVAILABLE));
        assertThat(waits).containsExactly(200L, 400L);
    }

    @Test
    void keyIsNotShown() {
        assertThat(new HttpService(URI.create("http://h/v1/"), "secret", 1, 0))
                .hasToString("http://h/v1/")
                .satisfies(service -> assertThat(service.resolve("/x")).hasToString("http://h/v1/x"));
    }
}
