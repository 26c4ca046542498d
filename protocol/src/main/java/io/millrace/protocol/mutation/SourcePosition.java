package io.millrace.protocol.mutation;

/**
 * Where a record stood.
 *
 * @param topic place of the topic in the configured list of event topics
 * @param timestampMs Kafka's timestamp of the record
 */
public record SourcePosition(int topic, int partition, long offset, long timestampMs) {}
