package io.millrace.protocol.statistics;

import java.util.List;

/**
 * The values of a field among the rows of a collection of one shard.
 *
 * @param present rows that have a value
 * @param distinct a serialized HllSketch of the values' texts
 * @param quantiles a serialized KllDoublesSketch of the values; empty where they are no numbers
 * @param frequent values that many rows have, those of the most first
 */
public record FieldStatistics(
        String field, long present, byte[] distinct, byte[] quantiles, List<ValueCount> frequent) {
    public FieldStatistics {
        frequent = List.copyOf(frequent);
    }

    /** Returns the same without what tells values apart. */
    FieldStatistics totals() {
        return new FieldStatistics(field, present, distinct, new byte[0], List.of());
    }

    /**
     * @param value as text
     * @param rows about how many have it
     */
    public record ValueCount(String value, long rows) {}
}
