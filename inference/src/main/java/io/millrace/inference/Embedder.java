package io.millrace.inference;

import java.util.List;

/** Turns texts into vectors. Safe for use by several threads; equal texts give equal vectors. */
public interface Embedder extends AutoCloseable {
    /** Returns what it is, for people: the model, and where it runs. */
    String name();

    /** Returns how many components its vectors have; -1 while that is not known. */
    int dimension();

    /**
     * Returns a vector for each text, in their order. Blocks; an interrupt ends it.
     *
     * @throws InferenceException if any of them has no vector; then none has
     */
    List<float[]> embed(List<String> texts) throws InferenceException, InterruptedException;

    @Override
    default void close() {}
}
