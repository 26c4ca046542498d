package io.millrace.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.inference.InferenceException.Kind;
import java.util.List;
import java.util.Locale;

/**
 * Asks a service that speaks OpenAI's chat protocol: {@code POST {base}/chat/completions}, at temperature 0 and with a
 * seed, so that a model that can do so answers the same question with the same text.
 */
public final class OpenAiChatModel implements ChatModel {
    private final JsonClient client;
    private final HttpService service;
    private final String model;
    private final long seed;
    private final int tokensMax;

    /** @param tokensMax of an answer; one that is cut there is an error */
    public OpenAiChatModel(HttpService service, String model, long seed, int tokensMax) {
        this(service, model, seed, tokensMax, new JsonClient(service));
    }

    OpenAiChatModel(HttpService service, String model, long seed, int tokensMax, JsonClient client) {
        this.service = service;
        this.model = model;
        this.seed = seed;
        this.tokensMax = tokensMax;
        this.client = client;
    }

    @Override
    public String name() {
        return model + " at " + service;
    }

    @Override
    public String complete(List<ChatMessage> messages) throws InferenceException, InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        body.put("temperature", 0);
        body.put("seed", seed);
        body.put("max_tokens", tokensMax);
        ArrayNode asked = body.putArray("messages");
        messages.forEach(message -> asked.addObject()
                .put("role", message.role().name().toLowerCase(Locale.ROOT))
                .put("content", message.content()));
        JsonNode choice = client.post("/chat/completions", body).path("choices").path(0);
        JsonNode content = choice.path("message").path("content");
        if (!content.isTextual()) {
            throw new InferenceException(Kind.MALFORMED, service + " gave no message");
        }
        if (choice.path("finish_reason").asText().equals("length")) {
            throw new InferenceException(
                    Kind.MALFORMED, service + " gave a message that was cut at " + tokensMax + " tokens");
        }
        return content.textValue();
    }
}
