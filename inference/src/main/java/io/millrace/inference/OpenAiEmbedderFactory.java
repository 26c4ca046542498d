package io.millrace.inference;

import io.millrace.inference.InferenceException.Kind;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes embedders that ask an OpenAI-compatible service. */
public final class OpenAiEmbedderFactory implements EmbedderFactory {
    /** What is asked where no base URL is configured. */
    public static final String BASE_URL = "https://api.openai.com/v1";

    private final UnaryOperator<@Nullable String> environment;

    public OpenAiEmbedderFactory() {
        this(System::getenv);
    }

    /** @param environment gives the value of a variable, null where it is not set */
    OpenAiEmbedderFactory(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "openai";
    }

    @Override
    public int dimension(EmbedderSettings settings) {
        return -1;
    }

    @Override
    public Embedder open(EmbedderSettings settings) throws InferenceException {
        String base = settings.baseUrl() == null ? BASE_URL : settings.baseUrl();
        try {
            HttpService service = new HttpService(
                    URI.create(base), apiKey(settings.apiKeyEnv()), settings.timeoutMs(), settings.retries());
            return new OpenAiEmbedder(service, settings.model());
        } catch (IllegalArgumentException e) {
            throw new InferenceException(Kind.NOT_CONFIGURED, String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable String apiKey(@Nullable String variable) throws InferenceException {
        if (variable == null) {
            return null;
        }
        String key = environment.apply(variable);
        if (key == null || key.isBlank()) {
            throw new InferenceException(
                    Kind.NOT_CONFIGURED, "environment variable \"" + variable + "\" with the API key is not set");
        }
        return key.trim();
    }
}
