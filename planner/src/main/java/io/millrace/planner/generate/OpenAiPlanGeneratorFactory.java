package io.millrace.planner.generate;

import io.millrace.inference.HttpService;
import io.millrace.inference.InferenceException;
import io.millrace.inference.OpenAiChatModel;
import io.millrace.inference.OpenAiService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes generators that ask a chat model of an OpenAI-compatible service. */
public final class OpenAiPlanGeneratorFactory implements PlanGeneratorFactory {
    /** The word that selects it. */
    public static final String NAME = "openai";

    /** A plan is at most {@link PlanAnswer#CHARS_MAX} characters; the rest is what a service says around it. */
    private static final int RESPONSE_BYTES_MAX = 1 << 20;

    /** The same for every call, so that a model that can do so answers equal questions with equal plans. */
    private static final long SEED = 1;

    private final UnaryOperator<@Nullable String> environment;

    public OpenAiPlanGeneratorFactory() {
        this(System::getenv);
    }

    /** @param environment gives the value of a variable, null where it is not set */
    OpenAiPlanGeneratorFactory(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PlanGenerator open(PlanGeneratorSettings settings) throws InferenceException {
        String model = settings.model();
        if (model == null) {
            throw new InferenceException(InferenceException.Kind.NOT_CONFIGURED, "no model is named");
        }
        HttpService service = OpenAiService.of(
                        settings.baseUrl(), settings.apiKeyEnv(), settings.timeoutMs(), settings.retries(), environment)
                .withResponseBytesMax(RESPONSE_BYTES_MAX);
        return new ChatPlanGenerator(new OpenAiChatModel(service, model, SEED, settings.tokensMax()));
    }
}
