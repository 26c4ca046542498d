package io.millrace.local.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.local.EmbeddedStack;
import io.millrace.local.StackSettings;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A whole stack for one test class: real Kafka, a MiniCluster with RocksDB, the job, a client. */
public final class TestStack implements AutoCloseable {
    public static final ObjectMapper JSON = new ObjectMapper();
    /** How long tests wait for what must come: hosts differ by a factor of ten, and by the minute. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path folder;
    private final EmbeddedStack stack;
    private final MillraceClient client;

    private TestStack(Path folder, EmbeddedStack stack) {
        this.folder = folder;
        this.stack = stack;
        this.client = stack.connect();
    }

    public static TestStack start() {
        return start(4, 2, Map.of());
    }

    public static TestStack start(int shards, int parallelism, Map<String, String> options) {
        try {
            Path folder = Files.createTempDirectory("millrace-test");
            Map<String, String> all = new HashMap<>(options);
            all.putIfAbsent("execution.checkpointing.interval", "2 s");
            return new TestStack(folder, EmbeddedStack.start(new StackSettings(folder, 0, shards, parallelism, all)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public EmbeddedStack stack() {
        return stack;
    }

    public MillraceClient client() {
        return client;
    }

    /** Runs a statement that must succeed. */
    public Answer run(String statement) {
        return ask(RequestBuilder.statement(statement));
    }

    /** Asks a request that must be answered in full, however long that takes where it does not say itself. */
    public Answer ask(RequestBuilder request) {
        boolean hasTimeout = request.build().has("timeout_ms");
        return good(client.ask(hasTimeout ? request : request.timeout(PATIENCE)));
    }

    /** Waits for what must come. */
    public static ConditionFactory await() {
        return Awaitility.await().atMost(PATIENCE);
    }

    public Answer ask(String plan, OffsetToken token) {
        return ask(RequestBuilder.plan(plan).minOffsets(token));
    }

    public static Answer good(Answer answer) {
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo("ok");
        return answer;
    }

    public static ObjectNode upsert(String collection, Object id, ObjectNode fields) {
        ObjectNode event = JSON.createObjectNode().put("op", "upsert").put("collection", collection);
        event.set("id", JSON.valueToTree(id));
        event.set("fields", fields);
        return event;
    }

    public static ObjectNode edge(String type, Object from, Object to) {
        ObjectNode event = JSON.createObjectNode().put("op", "upsert_edge").put("type", type);
        event.set("from", JSON.valueToTree(from));
        event.set("to", JSON.valueToTree(to));
        return event;
    }

    /** Returns every record of a topic up to its present end, by partition and offset. */
    public List<ConsumerRecord<byte[], byte[]>> readTopic(String topic) {
        return readTopic(topic, "read_uncommitted");
    }

    /** Returns what a consumer of the isolation level sees. */
    public List<ConsumerRecord<byte[], byte[]>> readTopic(String topic, String isolationLevel) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", stack.bootstrapServers(), "isolation.level", isolationLevel);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        stack.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
