package io.millrace.inference;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes embedders that ask an OpenAI-compatible service. */
public final class OpenAiEmbedderFactory implements EmbedderFactory {
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
        HttpService service = OpenAiService.of(
                settings.baseUrl(), settings.apiKeyEnv(), settings.timeoutMs(), settings.retries(), environment);
        return new OpenAiEmbedder(service, settings.model());
    }
}
