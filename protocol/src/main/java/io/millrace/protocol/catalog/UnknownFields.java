package io.millrace.protocol.catalog;

/** What happens to a field of an event that its collection does not have. */
public enum UnknownFields {
    /** The event goes to the dead letters. */
    ERROR,
    /** The field is dropped and counted. */
    SKIP
}
