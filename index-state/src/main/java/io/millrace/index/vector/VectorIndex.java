package io.millrace.index.vector;

import io.millrace.protocol.catalog.VectorEngine;

/** The vectors of one index in one shard. Used by one thread. */
public interface VectorIndex {
    /** Adds the vector, or replaces that of the key; components are finite. */
    void put(String key, float[] vector);

    /** Takes the values of the filter fields of a key that has a vector here; others are not kept. */
    default void setFields(String key, byte[] entries) {}

    /** Removes the key's vector; a missing one changes nothing. */
    void remove(String key);

    boolean contains(String key);

    /** Returns how many vectors there are. */
    int size();

    /** Returns about how much memory it takes. */
    long memoryBytes();

    /** Returns how many vectors it keeps that are gone, because searches walk over them. */
    default long tombstones() {
        return 0;
    }

    VectorEngine engine();

    /** Writes what state does not have yet; called before every barrier. */
    void flush();

    /**
     * Writes at most {@code recordsMax} records that state does not have yet, to leave less for the barrier; those of
     * {@link #unwrittenVectors} first.
     */
    default void flushSome(int recordsMax) {}

    /** Returns how many records {@link #flushSome} has to write. */
    default int unwritten() {
        return 0;
    }

    /** Returns how many of these are of a vector or a row; others are written again whenever one is put near them. */
    default int unwrittenVectors() {
        return 0;
    }

    /** Removes from state whatever this index keeps there. */
    default void clear() {}
}
