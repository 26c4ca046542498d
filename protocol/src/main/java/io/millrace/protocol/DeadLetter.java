package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be decoded or applied, with where it stood and why.
 *
 * @param timestampMs Kafka's timestamp of the record
 * @param problems at least one
 * @param key the record's key, untouched; null for none
 * @param value the record's value, untouched; null for none
 */
public record DeadLetter(
        String topic,
        int partition,
        long offset,
        long timestampMs,
        List<Problem> problems,
        byte @Nullable [] key,
        byte @Nullable [] value) {
    public DeadLetter {
        problems = List.copyOf(problems);
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must not be empty");
        }
    }
}
