package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the response topic from its end on, on a thread of its own. */
final class ResponseListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseListener.class);

    private final Consumer<byte[], byte[]> consumer;
    private final Thread thread;

    /** Receives what the topic gets from the moment of the listener's making on. */
    interface Receiver {
        void receive(JsonNode response);

        /** Says that nothing more will be received. */
        void failed(RuntimeException cause);
    }

    /** @throws ClientException if there is no such topic; the consumer is then closed */
    ResponseListener(String topic, Consumer<byte[], byte[]> consumer, Receiver receiver) {
        this.consumer = consumer;
        try {
            goToEnd(topic);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        thread = new Thread(() -> listen(receiver), "millrace-responses");
        thread.setDaemon(true);
        thread.start();
    }

    static Consumer<byte[], byte[]> consumer(ClientSettings settings) {
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        kafka.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void goToEnd(String topic) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        if (known == null || known.isEmpty()) {
            throw new ClientException("there is no topic \"" + topic + "\" of answers", null);
        }
        List<TopicPartition> partitions = known.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // Fixes the positions now: no answer to a later request is missed.
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
        } catch (RuntimeException e) {
            LOG.error("Answers can no longer be received", e);
            receiver.failed(e);
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
