package io.millrace.operators.query;

import java.io.Serializable;

/**
 * How many sessions keep what they have set, and for how long.
 *
 * @param max sessions with settings in the whole job, at least 1; each planner keeps its share
 * @param ttlMs how long settings hold, counted from the last SET
 */
public record SessionLimits(int max, long ttlMs) implements Serializable {
    public SessionLimits {
        if (max < 1 || ttlMs < 0) {
            throw new IllegalArgumentException(
                    "max must be at least 1 and ttlMs not negative, got " + max + " and " + ttlMs);
        }
    }
}
