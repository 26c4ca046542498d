package io.millrace.protocol.fragment;

/**
 * How far a shard had applied one partition when it answered.
 *
 * @param partition {@code topic-partition}
 * @param applied next offset that the answer surely contains everything below of
 * @param appliedUntil next offset that the answer may contain changes up to; larger where the answer was read in slices
 * @param timestampMs Kafka's timestamp of the last record applied
 */
public record SourceProgress(String partition, long applied, long appliedUntil, long timestampMs) {}
