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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events and asks requests. Answers are matched by request id; of an answer that comes twice, as it may after a
 * crash, the first counts. Safe for use by many threads; {@link #close} ends the requests that wait.
 */
public final class MillraceClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClientSettings settings;
    private final Producer<byte[], byte[]> requests;
    private final Producer<byte[], byte[]> events;
    private final ConcurrentMap<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, MillraceClient::timerThread, new ThreadPoolExecutor.DiscardPolicy());
    private final ResponseListener listener;
    private volatile @Nullable ClientException unusable;

    /**
     * Connects; answers that are written from now on are received.
     *
     * @throws ClientException if there is no response topic
     */
    public MillraceClient(ClientSettings settings) {
        this(
                settings,
                producer(settings, Map.of("linger.ms", "0")),
                producer(settings, Map.of("linger.ms", "5", "batch.size", "131072", "compression.type", "lz4")),
                ResponseListener.consumer(settings));
    }

    /** Takes over clients of Kafka that are there already, and closes them with itself. */
    MillraceClient(
            ClientSettings settings,
            Producer<byte[], byte[]> requests,
            Producer<byte[], byte[]> events,
            Consumer<byte[], byte[]> responses) {
        this.settings = settings;
        this.requests = requests;
        this.events = events;
        timers.setRemoveOnCancelPolicy(true);
        try {
            listener = new ResponseListener(settings.responseTopic(), responses, new Receiving());
        } catch (RuntimeException e) {
            requests.close(Duration.ZERO);
            events.close(Duration.ZERO);
            throw e;
        }
    }

    private static Thread timerThread(Runnable timers) {
        Thread thread = new Thread(timers, "millrace-timeouts");
        thread.setDaemon(true);
        return thread;
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
        send(id, request, mine);
        return mine.answer;
    }

    private void send(String id, ObjectNode request, Waiting mine) {
        ClientException failure = unusable;
        if (failure != null) {
            fail(id, mine, failure);
            return;
        }
        long timeoutMs = request.path("timeout_ms").asLong(Request.TIMEOUT_MS_DEFAULT)
                + settings.grace().toMillis();
        Future<?> timer = timers.schedule(
                () -> fail(id, mine, new ClientException("no answer within " + timeoutMs + " ms", null)),
                timeoutMs,
                TimeUnit.MILLISECONDS);
        mine.answer.whenComplete((answer, late) -> timer.cancel(false)); // A timer that waits holds the answer.
        try {
            requests.send(
                    new ProducerRecord<>(settings.requestTopic(), id.getBytes(StandardCharsets.UTF_8), bytes(request)),
                    (metadata, refused) -> {
                        if (refused != null) {
                            fail(id, mine, notSent(refused));
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            fail(id, mine, notSent(e));
        }
    }

    private static ClientException notSent(Exception cause) {
        return new ClientException("request could not be sent: " + cause.getMessage(), cause);
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
        batch.forEach(event -> sent.add(sendEvent(EventKey.of(event), bytes(event))));
        events.flush();
        return sent.token();
    }

    public OffsetToken send(List<? extends JsonNode> batch) {
        return send(batch.stream());
    }

    /** Sends values as they are, keyed if they are events; for whoever wants to send what is none. */
    public OffsetToken sendRaw(Stream<byte[]> values) {
        EventBatch sent = new EventBatch();
        values.forEach(value -> sent.add(sendEvent(EventKey.ofText(value), value)));
        events.flush();
        return sent.token();
    }

    /** Deletes a row by a record that has a key and no value. */
    public OffsetToken sendTombstone(String collection, String id) {
        EventBatch sent = new EventBatch();
        sent.add(sendEvent((collection + "/" + id).getBytes(StandardCharsets.UTF_8), null));
        return sent.token();
    }

    private Future<RecordMetadata> sendEvent(byte @Nullable [] key, byte @Nullable [] value) {
        try {
            return events.send(new ProducerRecord<>(settings.eventTopic(), key, value));
        } catch (KafkaException | IllegalStateException e) {
            throw new ClientException("an event could not be sent: " + e.getMessage(), e);
        }
    }

    /** Takes what the listener brings. */
    private final class Receiving implements ResponseListener.Receiver {
        @Override
        public void receive(JsonNode response) {
            Waiting request = waiting.remove(response.path("request_id").asText());
            if (request != null) {
                request.answer.complete(new Answer(response, System.nanoTime() - request.sentNanos));
            }
        }

        @Override
        public void failed(RuntimeException cause) {
            ClientException failure =
                    new ClientException("answers can no longer be received: " + cause.getMessage(), cause);
            unusable = failure;
            failAll(failure);
        }
    }

    /** Ends this wait, and not a later one of the same id. */
    private void fail(String requestId, Waiting request, ClientException failure) {
        waiting.remove(requestId, request);
        request.answer.completeExceptionally(failure);
    }

    private void failAll(ClientException failure) {
        waiting.forEach((id, request) -> fail(id, request, failure));
    }

    private static KafkaProducer<byte[], byte[]> producer(ClientSettings settings, Map<String, Object> more) {
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
        ClientException closed = new ClientException("client was closed", null);
        unusable = closed;
        listener.close();
        requests.close(Duration.ofSeconds(5));
        events.close(Duration.ofSeconds(5));
        failAll(closed);
        timers.shutdownNow();
    }

    private record Waiting(CompletableFuture<Answer> answer, long sentNanos) {}

    static @Nullable JsonNode parse(byte @Nullable [] value) {
        try {
            return value == null ? null : JSON.readTree(value);
        } catch (java.io.IOException e) {
            return null; // Somebody else's record on the response topic is no answer to anything of ours.
        }
    }
}
