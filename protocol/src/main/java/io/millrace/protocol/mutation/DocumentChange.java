package io.millrace.protocol.mutation;

import org.jspecify.annotations.Nullable;

/**
 * A change of one row.
 *
 * @param key the canonical key: a STRING as it is, an INT as decimal, a composite key joined by {@link CompositeKey}
 * @param eventType the registered kind of event; null for none
 * @param withEdges for a DELETE, whether the edges of the vertex go too
 */
public record DocumentChange(
        ChangeKind kind,
        String collection,
        String key,
        @Nullable String eventType,
        boolean withEdges,
        EncodedFields fields)
        implements Mutation {}
