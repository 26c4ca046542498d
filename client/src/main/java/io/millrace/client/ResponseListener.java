package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.MillraceClient.Receiver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the response topic from its end on, on a thread of its own. */
final class ResponseListener implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;

    ResponseListener(ClientSettings settings, Receiver receiver) {
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        kafka.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(settings.responseTopic()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // Fixes the positions now: no answer to a later request is missed.
        thread = new Thread(() -> listen(receiver), "millrace-responses");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen(Receiver receiver) {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode response = MillraceClient.parse(entry.value());
                    if (response != null) {
                        receiver.receive(response);
                    }
                }
            }
        } catch (WakeupException e) {
            Thread.currentThread().interrupt(); // close() woke the consumer: the thread ends here.
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
