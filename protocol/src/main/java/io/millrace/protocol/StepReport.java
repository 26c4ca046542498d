package io.millrace.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one step.
 *
 * @param rows rows of its result
 * @param errors why it is not OK; empty where it is
 * @param skippedBecause the step whose failure kept this one from running; null where none did
 * @param summary short facts for {@code explain: summary}, such as path, index and shards, in order
 */
public record StepReport(
        String id,
        Status status,
        long rows,
        double elapsedMs,
        List<Problem> errors,
        @Nullable String skippedBecause,
        Map<String, Object> summary) {
    /** The states that a step can end in. */
    public enum Status {
        OK,
        /** Some shards did not answer. */
        PARTIAL,
        FAILED,
        TIMED_OUT,
        SKIPPED
    }

    public StepReport {
        errors = List.copyOf(errors);
        summary = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(summary));
    }
}
