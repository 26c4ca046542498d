package io.millrace.benchmarks.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.OffsetToken;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * A part of the event topic that was written in one go.
 *
 * @param from offset of the first event, by partition
 * @param to offset behind the last event, of the same partitions
 * @param bytes of the values of its events
 */
record Segment(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to, long bytes) {
    Segment {
        from = Map.copyOf(from);
        to = Map.copyOf(to);
    }

    long events() {
        return to.entrySet().stream()
                .mapToLong(entry -> entry.getValue() - first(entry.getKey()))
                .sum();
    }

    long first(TopicPartition partition) {
        return from.getOrDefault(partition, 0L);
    }

    /** Returns how many events of it are in an answer, by the answer's freshness certificate. */
    long applied(JsonNode answer) {
        JsonNode applied = answer.path("freshness").path("applied");
        long events = 0;
        for (Map.Entry<TopicPartition, Long> end : to.entrySet()) {
            long next = applied.path(end.getKey().toString()).asLong();
            events += Math.max(0, Math.min(next, end.getValue()) - first(end.getKey()));
        }
        return events;
    }

    /** Returns the token that demands all of it. */
    OffsetToken token() {
        Map<String, Long> next = new TreeMap<>();
        to.forEach((partition, offset) -> next.put(partition.toString(), offset));
        return new OffsetToken(next);
    }
}
