package io.millrace.planner.generate;

import io.millrace.inference.InferenceException;
import io.millrace.inference.InferenceException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds plan generators on the class path. */
public final class PlanGenerators {
    private PlanGenerators() {}

    /**
     * Returns the factory that the settings name, by its word or by its class.
     *
     * @throws InferenceException if there is none, naming those that there are
     */
    public static PlanGeneratorFactory find(PlanGeneratorSettings settings, ClassLoader loader)
            throws InferenceException {
        List<PlanGeneratorFactory> found = new ArrayList<>();
        try {
            ServiceLoader.load(PlanGeneratorFactory.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError e) {
            throw new InferenceException(
                    Kind.NOT_CONFIGURED, "a plan generator cannot be loaded: " + e.getMessage(), e);
        }
        for (PlanGeneratorFactory factory : found) {
            if (settings.generator().equals(factory.name())
                    || settings.generator().equals(factory.getClass().getName())) {
                return factory;
            }
        }
        throw new InferenceException(
                Kind.NOT_CONFIGURED,
                "no plan generator \"" + settings.generator() + "\" is on the class path; there are: "
                        + found.stream()
                                .map(PlanGeneratorFactory::name)
                                .sorted()
                                .collect(Collectors.joining(", ")));
    }
}
