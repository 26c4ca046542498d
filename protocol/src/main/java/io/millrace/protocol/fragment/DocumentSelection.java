package io.millrace.protocol.fragment;

import io.millrace.protocol.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a collection take part.
 *
 * @param collectionId id of the collection
 * @param eventTypeId only rows of this event type; null for all
 * @param timeRange only rows whose event time lies in it; null for all
 * @param filter its constants have the types of their fields
 */
public record DocumentSelection(
        long collectionId,
        @Nullable Long eventTypeId,
        @Nullable TimeRange timeRange,
        Predicate filter) {
    /** Returns a selection of every row. */
    public static DocumentSelection all(long collectionId) {
        return new DocumentSelection(collectionId, null, null, Predicate.ALWAYS);
    }
}
