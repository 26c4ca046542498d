package io.millrace.benchmarks.stream;

/** What a stream is played to. Searches and changes come from one thread, unless {@link #isConcurrent}. */
interface StreamTarget extends AutoCloseable {
    void upsert(int id, float[] vector);

    void delete(int id);

    /** Sends what was gathered, if changes are gathered. */
    default void push() {}

    /** Returns when all changes so far are seen by the searches that come. */
    void settle();

    /** Makes the index anew from all rows, for a mode in which nothing else does. */
    void rebuild();

    /** Returns the ids of the {@code k} nearest. */
    int[] search(float[] query, int k);

    /** Returns whether searches may come from other threads than changes. */
    boolean isConcurrent();

    long memoryBytes();

    @Override
    void close();
}
