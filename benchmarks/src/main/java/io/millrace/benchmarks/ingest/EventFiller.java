package io.millrace.benchmarks.ingest;

import io.millrace.benchmarks.ingest.Workload.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes events to the event topic, with the producer settings of Millrace's client. Used by one thread. */
final class EventFiller implements AutoCloseable {
    private final String topic;
    private final Random random;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> offsets;
    private final List<TopicPartition> partitions;

    EventFiller(String bootstrapServers, String topic, long seed) {
        this.topic = topic;
        random = new Random(seed);
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "linger.ms", "5",
                        "batch.size", "131072",
                        "compression.type", "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        offsets = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = offsets.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Writes {@code count} events and returns, when the broker has them, where they are. */
    Segment fill(Workload workload, long count, LongSupplier number, long vertices) {
        Map<TopicPartition, Long> from = offsets.endOffsets(partitions);
        long bytes = 0;
        for (long i = 0; i < count; i++) {
            Event event = workload.event(number.getAsLong(), random, vertices);
            bytes += event.value().length;
            producer.send(new ProducerRecord<>(topic, event.key(), event.value()));
        }
        producer.flush();
        Segment segment = new Segment(from, offsets.endOffsets(partitions), bytes);
        if (segment.events() != count) {
            throw new IllegalStateException("the topic got " + segment.events() + " events, not " + count);
        }
        return segment;
    }

    Random random() {
        return random;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        offsets.close();
    }
}
