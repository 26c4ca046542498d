package io.millrace.protocol.mutation;

/** What a mutation does. The order is part of the binary form: append only. */
public enum ChangeKind {
    /** Replaces the whole row, or adds an edge. */
    UPSERT,
    /** Replaces the named fields of a row; a row that is not there is created. */
    PATCH,
    DELETE
}
