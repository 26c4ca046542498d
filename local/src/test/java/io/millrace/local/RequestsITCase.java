package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What comes of requests, good and bad, through real topics. */
class RequestsITCase {
    private static final String SCAN = "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\","
            + " \"params\": {\"collection\": \"things\"}}]}";

    private static TestStack stack;

    @BeforeAll
    static void start() {
        stack = TestStack.start(
                4, 2, Map.of("millrace.requests.reply-topics", "replies", "millrace.requests.max-in-flight", "64"));
        stack.run("CREATE COLLECTION things (id STRING PRIMARY KEY, n INT, text STRING)");
        stack.run("CREATE COLLECTION wide (id INT PRIMARY KEY, a STRING, b STRING, c STRING)");
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static void sendRaw(@Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", stack.stack().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> entry =
                    new ProducerRecord<>("millrace.requests", key == null ? null : utf8(key), value);
            headers.forEach((name, text) -> entry.headers().add(name, utf8(text)));
            producer.send(entry);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode awaitAnswer(String topic, String requestId) {
        return TestStack.await().until(() -> find(topic, requestId), found -> found != null);
    }

    private static @Nullable JsonNode find(String topic, String requestId) {
        for (ConsumerRecord<byte[], byte[]> entry : stack.readTopic(topic)) {
            JsonNode answer = TestStack.json(new String(entry.value(), StandardCharsets.UTF_8));
            if (answer.path("request_id").asText().equals(requestId)) {
                return answer;
            }
        }
        return null;
    }

    @Test
    void writeIsSeenByTheRequestThatCarriesItsToken() {
        for (int i = 0; i < 50; i++) {
            OffsetToken token = stack.client()
                    .send(List.of(TestStack.upsert(
                            "things",
                            "mine-" + i,
                            TestStack.JSON.createObjectNode().put("n", i))));
            Answer answer = stack.ask(
                    "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\", \"params\": {\"collection\":"
                            + " \"things\", \"filter\": {\"id\": \"mine-" + i + "\"}}}]}",
                    token);
            assertThat(answer.rows("s")).as("write %d", i).hasSize(1);
            assertThat(answer.json()
                            .path("steps")
                            .path(0)
                            .path("explain")
                            .path("path")
                            .asText())
                    .isEqualTo("KEYS");
            token.nextOffsets()
                    .forEach((partition, next) -> assertThat(answer.json()
                                    .path("freshness")
                                    .path("applied")
                                    .path(partition)
                                    .asLong())
                            .isGreaterThanOrEqualTo(next));
        }
    }

    @Test
    void tokenThatIsNotReachedIsAnsweredStaleWithoutRows() {
        Answer answer = stack.client()
                .ask(RequestBuilder.plan(SCAN)
                        .minOffsets(new OffsetToken(Map.of("millrace.events-0", 1_000_000L)))
                        .timeout(Duration.ofSeconds(2)));
        assertThat(answer.errorCode()).isEqualTo("STALE");
        assertThat(answer.rows("s")).isEmpty();
    }

    @Test
    void tokenOfAPartitionThatDoesNotExistIsInvalid() {
        Answer answer =
                stack.client().ask(RequestBuilder.plan(SCAN).minOffsets(new OffsetToken(Map.of("elsewhere-7", 1L))));
        assertThat(answer.errorCode()).isEqualTo("INVALID_PARTITION");
    }

    @Test
    void textThatIsNotJsonIsAnsweredUnderTheKeyOfItsRecord() {
        sendRaw("broken-1", utf8("{\"plan\": {"), Map.of());
        JsonNode answer = awaitAnswer("millrace.responses", "broken-1");
        assertThat(answer.path("status").asText()).isEqualTo("error");
        assertThat(answer.path("errors").path(0).path("code").asText()).isEqualTo("INVALID_JSON");
    }

    @Test
    void everyProblemOfARequestIsAnsweredAtOnce() {
        sendRaw(
                null,
                utf8(
                        "{\"request_id\": \"many-1\", \"plan\": 7, \"explain\": \"loudly\", \"timeout_ms\": -1, \"x\": 1}"),
                Map.of());
        JsonNode answer = awaitAnswer("millrace.responses", "many-1");
        List<String> paths = new ArrayList<>();
        answer.path("errors").forEach(error -> paths.add(error.path("path").asText()));
        assertThat(paths).containsExactlyInAnyOrder("$.plan", "$.explain", "$.timeout_ms", "$.x");
    }

    @Test
    void deepAndOversizedRequestsAreAnswered() {
        sendRaw("deep-1", utf8("{\"plan\": " + "[".repeat(50_000)), Map.of());
        assertThat(awaitAnswer("millrace.responses", "deep-1")
                        .path("errors")
                        .path(0)
                        .path("code")
                        .asText())
                .isIn("LIMIT_EXCEEDED", "INVALID_JSON");
        Answer long1 = stack.client().statement("SHOW COLLECTIONS -- " + "x".repeat(900_000));
        assertThat(long1.isError()).isTrue();
    }

    @Test
    void requestWithoutAValueBecomesADeadLetter() {
        sendRaw("void-1", null, Map.of());
        TestStack.await()
                .untilAsserted(() -> assertThat(stack.readTopic("millrace.dead-letters"))
                        .anySatisfy(letter -> assertThat(letter.key()).isEqualTo(utf8("void-1"))));
    }

    @Test
    void answerGoesToTheReplyTopicWithItsCorrelationId() {
        sendRaw(
                "reply-1",
                utf8("{\"statement\": \"SHOW COLLECTIONS\"}"),
                Map.of("kafka_replyTopic", "replies", "kafka_correlationId", "c-77"));
        assertThat(awaitAnswer("replies", "reply-1").path("status").asText()).isEqualTo("ok");
        ConsumerRecord<byte[], byte[]> entry = stack.readTopic("replies").get(0);
        assertThat(entry.headers().lastHeader("kafka_correlationId").value()).isEqualTo(utf8("c-77"));
    }

    @Test
    void replyTopicThatIsNotAllowedIsRefusedOnTheUsualOne() {
        sendRaw(
                "reply-2",
                utf8("{\"statement\": \"SHOW COLLECTIONS\"}"),
                Map.of("kafka_replyTopic", "millrace.events"));
        assertThat(awaitAnswer("millrace.responses", "reply-2")
                        .path("errors")
                        .path(0)
                        .path("code")
                        .asText())
                .isEqualTo("INVALID_REPLY_TOPIC");
    }

    @Test
    void answerOfAHundredThousandWideRowsIsCutAndNotFatal() {
        String filler = "x".repeat(200);
        OffsetToken token = stack.client()
                .send(IntStream.range(0, 100_000)
                        .mapToObj(i -> TestStack.upsert(
                                "wide",
                                i,
                                TestStack.JSON
                                        .createObjectNode()
                                        .put("a", filler + i)
                                        .put("b", filler)
                                        .put("c", filler))));
        Answer answer = stack.ask(
                "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\","
                        + " \"params\": {\"collection\": \"wide\", \"project\": [\"id\", \"a\"]}}]}",
                token);
        assertThat(answer.json().toString().length()).isLessThan(1_000_001);
        assertThat(answer.json().path("results").path("s").path("truncated").asBoolean())
                .isTrue();
        assertThat(answer.json().path("warnings").path(0).path("code").asText()).isEqualTo("RESULT_TOO_LARGE");
        assertThat(answer.rows("s")).hasSizeGreaterThan(1_000);
    }

    @Test
    void requestsAboveTheLimitAreOverloadedAndAllAreAnswered() {
        List<CompletableFuture<Answer>> waiting = new ArrayList<>();
        OffsetToken never = new OffsetToken(Map.of("millrace.events-0", 1_000_000L));
        for (int i = 0; i < 2_000; i++) {
            waiting.add(stack.client()
                    .request(RequestBuilder.plan(SCAN)
                            .minOffsets(never)
                            .timeout(Duration.ofSeconds(3))
                            .build()));
        }
        List<String> codes = waiting.stream()
                .map(answer -> String.valueOf(answer.join().errorCode()))
                .toList();
        assertThat(codes)
                .hasSize(2_000)
                .isSubsetOf("OVERLOADED", "STALE", "DEADLINE_EXCEEDED") // the last where the machine is slow
                .contains("OVERLOADED", "STALE");
        assertThat(stack.ask(RequestBuilder.statement("SHOW COLLECTIONS")).rows("result"))
                .hasSize(2);
        assertThat(stack.stack().flink().restarts()).isZero();
    }

    @Test
    void equalRequestUnderTheIdOfAPendingOneIsAnsweredOnceAndAnotherIsAConflict() {
        String body = "{\"request_id\": \"twin-1\", \"timeout_ms\": 3000, \"freshness\": {\"min_offsets\":"
                + " {\"millrace.events-0\": 1000000}}, \"plan\": " + SCAN + "}";
        sendRaw("twin-1", utf8(body), Map.of());
        sendRaw("twin-1", utf8(body), Map.of());
        sendRaw("twin-1", utf8(body.replace("\"things\"", "\"wide\"")), Map.of());
        TestStack.await()
                .untilAsserted(
                        () -> assertThat(codesOf("twin-1")).containsExactlyInAnyOrder("STALE", "CONFLICT_REQUEST_ID"));
    }

    private static List<String> codesOf(String requestId) {
        return stack.readTopic("millrace.responses").stream()
                .map(entry -> TestStack.json(new String(entry.value(), StandardCharsets.UTF_8)))
                .filter(answer -> answer.path("request_id").asText().equals(requestId))
                .map(answer -> answer.path("errors").path(0).path("code").asText())
                .toList();
    }
}
