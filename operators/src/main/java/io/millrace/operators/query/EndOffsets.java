package io.millrace.operators.query;

import java.io.Serializable;
import java.util.Map;

/** The end offsets of the event topics: what an answer's lag is measured against. */
public interface EndOffsets extends AutoCloseable {
    /** Returns the newest end offsets known by {@code topic-partition}; empty while none are. */
    Map<String, Long> latest();

    /** Returns for how many milliseconds nothing newer has become known; since the start, if nothing has. */
    long ageMs();

    @Override
    void close();

    /** Opens them on the machine that needs them. */
    @FunctionalInterface
    interface Factory extends Serializable {
        EndOffsets open();
    }
}
