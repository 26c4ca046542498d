package io.millrace.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Request;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events and asks requests. Answers are matched by request id; of an answer that comes twice, as it may after a
 * crash, the first counts. Safe for use by many threads; {@link #close} ends the requests that wait.
 */
public final class MillraceClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClientSettings settings;
    private final KafkaProducer<byte[], byte[]> requests;
    private final KafkaProducer<byte[], byte[]> events;
    private final ConcurrentMap<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final ResponseListener listener;

    /** Connects; answers that are written from now on are received. */
    public MillraceClient(ClientSettings settings) {
        this.settings = settings;
        requests = producer(Map.of("linger.ms", "0"));
        events = producer(Map.of("linger.ms", "5", "batch.size", "131072", "compression.type", "lz4"));
        listener = new ResponseListener(settings, this::receive);
    }

    public static MillraceClient connect(String bootstrapServers) {
        return new MillraceClient(ClientSettings.of(bootstrapServers));
    }

    /**
     * Asks a request and returns its answer, when it is there; the future fails with a {@link ClientException} if none
     * comes. A request without an id gets a random one. Two requests of one id wait for the same answer.
     */
    public CompletableFuture<Answer> request(ObjectNode request) {
        String id = request.path("request_id").asText("");
        if (id.isEmpty()) {
            id = UUID.randomUUID().toString();
            request.put("request_id", id);
        }
        Waiting mine = new Waiting(new CompletableFuture<>(), System.nanoTime());
        Waiting earlier = waiting.putIfAbsent(id, mine);
        if (earlier != null) {
            return earlier.answer;
        }
        String key = id;
        long timeoutMs = request.path("timeout_ms").asLong(Request.TIMEOUT_MS_DEFAULT)
                + settings.grace().toMillis();
        requests.send(
                new ProducerRecord<>(settings.requestTopic(), key.getBytes(StandardCharsets.UTF_8), bytes(request)),
                (metadata, failure) -> {
                    if (failure != null) {
                        fail(key, new ClientException("request could not be sent: " + failure.getMessage(), failure));
                    }
                });
        CompletableFuture.delayedExecutor(timeoutMs, TimeUnit.MILLISECONDS)
                .execute(() -> fail(key, new ClientException("no answer within " + timeoutMs + " ms", null)));
        return mine.answer;
    }

    /** Asks a request and waits for its answer. */
    public Answer ask(RequestBuilder request) {
        try {
            return request(request.build()).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ClientException failure
                    ? new ClientException(String.valueOf(failure.getMessage()), failure)
                    : e;
        }
    }

    /** Runs a statement and waits for its answer. */
    public Answer statement(String statement) {
        return ask(RequestBuilder.statement(statement));
    }

    /** Runs a plan and waits for its answer. */
    public Answer plan(String plan) {
        return ask(RequestBuilder.plan(plan));
    }

    /**
     * Sends events and returns, when the broker has all of them, the token that demands them.
     *
     * @throws ClientException if one could not be sent
     */
    public OffsetToken send(Stream<? extends JsonNode> batch) {
        EventBatch sent = new EventBatch();
        batch.forEach(event ->
                sent.add(events.send(new ProducerRecord<>(settings.eventTopic(), EventKey.of(event), bytes(event)))));
        events.flush();
        return sent.token();
    }

    public OffsetToken send(List<? extends JsonNode> batch) {
        return send(batch.stream());
    }

    /** Sends values as they are, keyed if they are events; for whoever wants to send what is none. */
    public OffsetToken sendRaw(Stream<byte[]> values) {
        EventBatch sent = new EventBatch();
        values.forEach(value ->
                sent.add(events.send(new ProducerRecord<>(settings.eventTopic(), EventKey.ofText(value), value))));
        events.flush();
        return sent.token();
    }

    /** Deletes a row by a record that has a key and no value. */
    public OffsetToken sendTombstone(String collection, String id) {
        EventBatch sent = new EventBatch();
        byte[] key = (collection + "/" + id).getBytes(StandardCharsets.UTF_8);
        sent.add(events.send(new ProducerRecord<>(settings.eventTopic(), key, null)));
        return sent.token();
    }

    private void receive(JsonNode response) {
        Waiting request = waiting.remove(response.path("request_id").asText());
        if (request != null) {
            request.answer.complete(new Answer(response, System.nanoTime() - request.sentNanos));
        }
    }

    private void fail(String requestId, ClientException failure) {
        Waiting request = waiting.remove(requestId);
        if (request != null) {
            request.answer.completeExceptionally(failure);
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.putAll(settings.kafka());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a JSON tree cannot fail to be written", e);
        }
    }

    @Override
    public void close() {
        listener.close();
        requests.close(Duration.ofSeconds(5));
        events.close(Duration.ofSeconds(5));
        waiting.keySet().forEach(id -> fail(id, new ClientException("client was closed", null)));
    }

    private record Waiting(CompletableFuture<Answer> answer, long sentNanos) {}

    /** Receives what the topic gets from the moment of its making on. */
    interface Receiver {
        void receive(JsonNode response);
    }

    static @Nullable JsonNode parse(byte @Nullable [] value) {
        try {
            return value == null ? null : JSON.readTree(value);
        } catch (java.io.IOException e) {
            return null; // Somebody else's record on the response topic is no answer to anything of ours.
        }
    }
}
