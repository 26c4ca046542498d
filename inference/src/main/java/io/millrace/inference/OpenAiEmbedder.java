package io.millrace.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.inference.InferenceException.Kind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a service that speaks OpenAI's embeddings protocol: {@code POST {base}/embeddings}. */
public final class OpenAiEmbedder implements Embedder {
    private final JsonClient client;
    private final HttpService service;
    private final @Nullable String model;
    private volatile int dimension = -1;

    /** @param model null where the service has only one */
    public OpenAiEmbedder(HttpService service, @Nullable String model) {
        this(service, model, new JsonClient(service));
    }

    OpenAiEmbedder(HttpService service, @Nullable String model, JsonClient client) {
        this.service = service;
        this.model = model;
        this.client = client;
    }

    @Override
    public String name() {
        return (model == null ? "its model" : model) + " at " + service;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<float[]> embed(List<String> texts) throws InferenceException, InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (model != null) {
            body.put("model", model);
        }
        ArrayNode input = body.putArray("input");
        texts.forEach(input::add);
        JsonNode data = client.post("/embeddings", body).path("data");
        if (!data.isArray() || data.size() != texts.size()) {
            throw malformed("gave " + data.size() + " vectors for " + texts.size() + " texts");
        }
        float[][] vectors = new float[texts.size()][];
        for (int i = 0; i < data.size(); i++) {
            int place = data.get(i).path("index").asInt(i);
            if (place < 0 || place >= vectors.length || vectors[place] != null) {
                throw malformed("gave a vector for text " + place + ", which it had or which is not there");
            }
            vectors[place] = vector(data.get(i).path("embedding"));
        }
        return Arrays.asList(vectors);
    }

    private float[] vector(JsonNode numbers) throws InferenceException {
        int known = dimension;
        if (!numbers.isArray() || numbers.isEmpty() || (known != -1 && numbers.size() != known)) {
            throw malformed("gave an embedding that is no array of " + (known == -1 ? "" : known + " ") + "numbers");
        }
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).isNumber() ? numbers.get(i).floatValue() : Float.NaN;
            if (!Float.isFinite(vector[i])) {
                throw malformed("gave an embedding whose component " + i + " is no finite number");
            }
        }
        dimension = vector.length;
        return vector;
    }

    private InferenceException malformed(String what) {
        return new InferenceException(Kind.MALFORMED, service + " " + what);
    }
}
