package io.millrace.index.document;

import java.util.HashMap;
import java.util.Map;

/** Counts what was left out of rows that were kept, since the shard was opened. */
public final class DroppedCounters {
    private record FieldOfCollection(long collectionId, int ordinal) {}

    private final Map<FieldOfCollection, Long> dimensionMismatches = new HashMap<>();
    private final Map<FieldOfCollection, Long> invalidVectors = new HashMap<>();
    private long fieldsDropped;

    void dropField() {
        fieldsDropped++;
    }

    void dropVector(long collectionId, int ordinal, boolean wrongDimension) {
        (wrongDimension ? dimensionMismatches : invalidVectors)
                .merge(new FieldOfCollection(collectionId, ordinal), 1L, Long::sum);
    }

    /** Returns how many fields were unknown, or not listed by their event type, and dropped. */
    public long fieldsDropped() {
        return fieldsDropped;
    }

    /** Returns {@code rows_dim_mismatch}: rows kept without a vector of a wrong dimension. */
    public long dimensionMismatches(long collectionId, int ordinal) {
        return dimensionMismatches.getOrDefault(new FieldOfCollection(collectionId, ordinal), 0L);
    }

    /** Returns {@code rows_invalid}: rows kept without a vector that was no array of finite numbers. */
    public long invalidVectors(long collectionId, int ordinal) {
        return invalidVectors.getOrDefault(new FieldOfCollection(collectionId, ordinal), 0L);
    }
}
