package io.millrace.operators.kafka;

import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Takes Kafka records as they are: what is in them is for an operator to judge, which can answer or dead-letter. */
public final class SourceRecordSchema implements KafkaRecordDeserializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1;

    private final List<String> headerNames;

    /** @param headerNames the headers that are kept */
    public SourceRecordSchema(List<String> headerNames) {
        this.headerNames = List.copyOf(headerNames);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> entry, Collector<SourceRecord> out) {
        out.collect(new SourceRecord(
                entry.topic(),
                entry.partition(),
                entry.offset(),
                entry.timestamp(),
                entry.key(),
                entry.value(),
                headers(entry)));
    }

    private Map<String, byte[]> headers(ConsumerRecord<byte[], byte[]> entry) {
        if (headerNames.isEmpty()) {
            return Map.of();
        }
        Map<String, byte[]> headers = new HashMap<>();
        for (String name : headerNames) {
            Header header = entry.headers().lastHeader(name);
            if (header != null && header.value() != null) {
                headers.put(name, header.value());
            }
        }
        return headers;
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return MillraceTypes.SOURCE_RECORD;
    }
}
