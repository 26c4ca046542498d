package io.millrace.planner.generate;

import io.millrace.inference.InferenceException;

/** Makes plan generators of one kind. Implementations are found by {@link java.util.ServiceLoader}. */
public interface PlanGeneratorFactory {
    /** Returns the word that selects it in the configuration. */
    String name();

    /**
     * Makes a generator.
     *
     * @throws InferenceException if the settings lack what it needs
     */
    PlanGenerator open(PlanGeneratorSettings settings) throws InferenceException;
}
