package io.millrace.operators.kafka;

import io.millrace.operators.types.OutgoingRecord;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Sends each record to the topic that it names. */
public final class OutgoingRecordSchema implements KafkaRecordSerializationSchema<OutgoingRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            OutgoingRecord element, KafkaSinkContext context, @Nullable Long timestamp) {
        ProducerRecord<byte[], byte[]> entry = new ProducerRecord<>(element.topic(), element.key(), element.value());
        element.headers().forEach((name, value) -> entry.headers().add(name, value));
        return entry;
    }
}
