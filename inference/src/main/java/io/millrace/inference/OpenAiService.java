package io.millrace.inference;

import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where a service is that speaks OpenAI's protocols, by what a configuration says of it. */
public final class OpenAiService {
    /** What is asked where no base URL is configured. */
    public static final String BASE_URL = "https://api.openai.com/v1";

    private OpenAiService() {}

    /**
     * Describes the service.
     *
     * @param baseUrl null for OpenAI's own
     * @param apiKeyEnv name of the environment variable that holds the key; null for no key
     * @param timeoutMs of one call
     * @param retries after the first call, 0 or more
     * @param environment gives the value of a variable, null where it is not set
     * @throws InferenceException if the URL is none, or the variable is not set
     */
    public static HttpService of(
            @Nullable String baseUrl,
            @Nullable String apiKeyEnv,
            long timeoutMs,
            int retries,
            UnaryOperator<@Nullable String> environment)
            throws InferenceException {
        try {
            URI base = URI.create(baseUrl == null ? BASE_URL : baseUrl);
            return new HttpService(base, apiKey(apiKeyEnv, environment), timeoutMs, retries);
        } catch (IllegalArgumentException e) {
            throw new InferenceException(InferenceException.Kind.NOT_CONFIGURED, String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable String apiKey(@Nullable String variable, UnaryOperator<@Nullable String> environment)
            throws InferenceException {
        if (variable == null) {
            return null;
        }
        String key = environment.apply(variable);
        if (key == null || key.isBlank()) {
            throw new InferenceException(
                    InferenceException.Kind.NOT_CONFIGURED,
                    "environment variable \"" + variable + "\" with the API key is not set");
        }
        return key.trim();
    }
}
