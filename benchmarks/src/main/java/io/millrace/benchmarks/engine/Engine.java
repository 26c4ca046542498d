package io.millrace.benchmarks.engine;

/**
 * An engine under measurement. What is prepared is timed when it is run, and nothing else is. Used by one thread.
 */
public interface Engine extends AutoCloseable {
    /** Prepares to add a vector; ids count up from 0. */
    Runnable put(int id, float[] vector);

    /** Ends the adding: what was added can be searched from now on. */
    void seal();

    /** Prepares a search; {@link #found} says what it finds. */
    Runnable search(float[] query, SearchSetting setting);

    /** Writes the ids that the last search found, nearest first, and returns how many they are. */
    int found(int[] ids);

    /** Returns whether it can be read back from where it is kept. */
    default boolean isKept() {
        return false;
    }

    /** Writes what {@link #reopen} reads. */
    default void save() {}

    /** Forgets what is in memory and reads it back, if it {@link #isKept}. */
    default void reopen() {}

    /** Returns whether its index is to be made anew from rows that are kept apart from it. */
    default boolean reindexes() {
        return false;
    }

    /** Makes the index anew from the rows, if it {@link #reindexes}. */
    default void reindex() {}

    /** Returns how many bytes it keeps outside the heap but reads as memory. */
    default long bytesOutsideHeap() {
        return 0;
    }

    @Override
    void close();
}
