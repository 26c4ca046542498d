package io.millrace.operators.types;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record for Kafka. */
public record OutgoingRecord(
        String topic, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {}
