package io.millrace.benchmarks.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The least that can answer over Kafka: one thread that polls requests and sends, without waiting, a real answer of
 * Millrace with the request's id in it. It is asked with the same client over topics of its own.
 */
public final class Echo implements AutoCloseable {
    private static final String REQUESTS = "echo.requests";
    private static final String RESPONSES = "echo.responses";
    private static final int PARTITIONS = 4;

    private final byte[] before;
    private final byte[] behind;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private final MillraceClient client;

    private Echo(String bootstrapServers, Answer model) {
        String text = model.json().toString();
        int id = text.indexOf(model.requestId());
        before = text.substring(0, id).getBytes(StandardCharsets.UTF_8);
        behind = text.substring(id + model.requestId().length()).getBytes(StandardCharsets.UTF_8);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(REQUESTS, i));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = new Thread(this::answerAll, "echo");
        thread.setDaemon(true);
        thread.start();
        client = new MillraceClient(new ClientSettings(
                Map.of("bootstrap.servers", bootstrapServers), "none", REQUESTS, RESPONSES, Duration.ofSeconds(10)));
    }

    /** @param model the answer that every request gets */
    public static Echo start(BenchStack stack, Answer model) throws InterruptedException {
        try (Admin admin = stack.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(REQUESTS, Optional.of(PARTITIONS), Optional.empty()),
                            new NewTopic(RESPONSES, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics of the echo cannot be created: " + e.getMessage(), e);
        }
        return new Echo(stack.stack().bootstrapServers(), model);
    }

    public Target target(LongFunction<ObjectNode> request) {
        return new Target("echo", client, request);
    }

    private void answerAll() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> request : consumer.poll(Duration.ofSeconds(1))) {
                    producer.send(new ProducerRecord<>(RESPONSES, request.key(), answer(request.key())));
                }
            }
        } catch (WakeupException e) {
            Thread.currentThread().interrupt(); // close() woke the consumer: the thread ends here.
        }
    }

    private byte[] answer(byte[] id) {
        byte[] answer = new byte[before.length + id.length + behind.length];
        System.arraycopy(before, 0, answer, 0, before.length);
        System.arraycopy(id, 0, answer, before.length, id.length);
        System.arraycopy(behind, 0, answer, before.length + id.length, behind.length);
        return answer;
    }

    @Override
    public void close() {
        client.close();
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
