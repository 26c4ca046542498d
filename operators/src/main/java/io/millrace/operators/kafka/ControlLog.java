package io.millrace.operators.kafka;

import io.millrace.operators.query.CatalogSource;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.ControlCodec;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control topic, read outside the stream.
 *
 * @param kafka settings of the consumer
 */
public record ControlLog(Properties kafka, String topic) implements CatalogSource {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);
    private static final long STALLED_MS_MAX = TimeUnit.SECONDS.toMillis(60);

    /** @throws IllegalStateException if the topic gives nothing for a minute */
    @Override
    public Catalog readToEnd(Catalog catalog) {
        Properties settings = new Properties();
        settings.putAll(kafka);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, catalog.version());
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            return readUntil(consumer, partition, end, catalog);
        }
    }

    /** Applies one record; one that cannot be read is logged and moves the version all the same. */
    private static Catalog apply(Catalog catalog, long offset, byte[] value) {
        if (offset < catalog.version()) {
            return catalog;
        }
        try {
            return catalog.apply(offset, ControlCodec.read(value));
        } catch (MillraceException e) {
            LOG.warn("Control record {} is skipped: {}", offset, e.getMessage());
            return catalog.at(offset + 1);
        }
    }

    private static Catalog readUntil(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end, Catalog start) {
        Catalog catalog = start;
        long progressAt = System.nanoTime();
        while (consumer.position(partition) < end) {
            var batch = consumer.poll(Duration.ofMillis(200));
            if (!batch.isEmpty()) {
                progressAt = System.nanoTime();
            } else if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - progressAt) > STALLED_MS_MAX) {
                throw new IllegalStateException("control topic \"" + partition.topic() + "\" gave nothing for "
                        + STALLED_MS_MAX + " ms, at offset " + consumer.position(partition) + " of " + end);
            }
            for (ConsumerRecord<byte[], byte[]> entry : batch) {
                catalog = apply(catalog, entry.offset(), entry.value() == null ? new byte[0] : entry.value());
            }
        }
        return catalog;
    }
}
