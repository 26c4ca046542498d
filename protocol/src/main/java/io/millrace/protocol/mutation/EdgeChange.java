package io.millrace.protocol.mutation;

import org.jspecify.annotations.Nullable;

/**
 * A change of one edge.
 *
 * @param kind UPSERT or DELETE
 * @param from canonical key of the start, in the collection that the type declares
 * @param id tells parallel edges apart; null for the one edge without an id
 */
public record EdgeChange(
        ChangeKind kind,
        String type,
        String from,
        String to,
        @Nullable String id,
        EncodedFields fields) implements Mutation {
    public EdgeChange {
        if (kind == ChangeKind.PATCH) {
            throw new IllegalArgumentException("an edge is upserted or deleted, not patched");
        }
    }
}
