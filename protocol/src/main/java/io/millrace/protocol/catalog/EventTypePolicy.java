package io.millrace.protocol.catalog;

/** What happens to an event that has a field which its event type does not list. */
public enum EventTypePolicy {
    /** The event goes to the dead letters. */
    ERROR,
    /** The field is dropped and counted. */
    SKIP,
    /** The field is kept where the collection has it. */
    ACCEPT
}
