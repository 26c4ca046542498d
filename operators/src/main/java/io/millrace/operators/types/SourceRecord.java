package io.millrace.operators.types;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from Kafka.
 *
 * @param topic its name
 * @param headers those that somebody may need, the last of a name
 */
public record SourceRecord(
        String topic,
        int partition,
        long offset,
        long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Map<String, byte[]> headers) {}
