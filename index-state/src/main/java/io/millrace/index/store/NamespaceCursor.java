package io.millrace.index.store;

import org.jspecify.annotations.Nullable;

/**
 * Steps over a state to find its namespaces, one entry at a time and whoever's it is, so that the caller can stop after a
 * bounded number of steps and go on later. It may hold files open: close it.
 */
public interface NamespaceCursor extends AutoCloseable {
    /** Looks at the next entry and returns whether there is one. */
    boolean next();

    /** Returns the namespace of that entry if it is one that was asked for and not that of the step before, else null. */
    byte @Nullable [] namespace();

    @Override
    void close();
}
