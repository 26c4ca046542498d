package io.millrace.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds embedders on the class path. */
public final class Embedders {
    private Embedders() {}

    /**
     * Returns the factory that the settings name, by its word or by its class.
     *
     * @throws InferenceException if there is none, naming those that there are
     */
    public static EmbedderFactory find(EmbedderSettings settings, ClassLoader loader) throws InferenceException {
        List<EmbedderFactory> found = new ArrayList<>();
        try {
            ServiceLoader.load(EmbedderFactory.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError e) {
            throw new InferenceException(
                    InferenceException.Kind.NOT_CONFIGURED, "an embedder cannot be loaded: " + e.getMessage(), e);
        }
        for (EmbedderFactory factory : found) {
            if (settings.embedder().equals(factory.name())
                    || settings.embedder().equals(factory.getClass().getName())) {
                return factory;
            }
        }
        throw new InferenceException(
                InferenceException.Kind.NOT_CONFIGURED,
                "no embedder \"" + settings.embedder() + "\" is on the class path; there are: "
                        + found.stream().map(EmbedderFactory::name).sorted().collect(Collectors.joining(", ")));
    }

    /** Returns the dimension of the embedder that the settings name; -1 where it is not known, or not there. */
    public static int dimension(EmbedderSettings settings, ClassLoader loader) {
        try {
            return settings.isNone() ? -1 : find(settings, loader).dimension(settings);
        } catch (InferenceException notThere) {
            return -1; // Whoever embeds says so.
        }
    }
}
