package io.millrace.inference;

/** Makes embedders of one kind. Implementations are found by {@link java.util.ServiceLoader}. */
public interface EmbedderFactory {
    /** Returns the word that selects it in the configuration. */
    String name();

    /** Returns how many components the vectors will have, without loading anything; -1 if only the first one tells. */
    int dimension(EmbedderSettings settings);

    /**
     * Makes an embedder, which may take as long as loading a model does.
     *
     * @throws InferenceException if the settings lack what it needs
     */
    Embedder open(EmbedderSettings settings) throws InferenceException;
}
