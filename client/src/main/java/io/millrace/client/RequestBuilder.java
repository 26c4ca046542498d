package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Puts together the JSON of a request. */
public final class RequestBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode request;

    private RequestBuilder(ObjectNode request) {
        this.request = request;
    }

    public static RequestBuilder statement(String statement) {
        return new RequestBuilder(JSON.createObjectNode().put("statement", statement));
    }

    public static RequestBuilder plan(JsonNode plan) {
        ObjectNode request = JSON.createObjectNode();
        request.set("plan", plan);
        return new RequestBuilder(request);
    }

    /** @throws UncheckedIOException if {@code plan} is not JSON */
    public static RequestBuilder plan(String plan) {
        try {
            return plan(JSON.readTree(plan));
        } catch (IOException e) {
            throw new UncheckedIOException("plan is not JSON", e);
        }
    }

    /** Starts from a whole request, which this changes. */
    public static RequestBuilder of(ObjectNode request) {
        return new RequestBuilder(request);
    }

    public RequestBuilder id(String requestId) {
        request.put("request_id", requestId);
        return this;
    }

    public RequestBuilder parameter(String name, JsonNode value) {
        request.withObject("/parameters").set(name, value);
        return this;
    }

    public RequestBuilder parameter(String name, float[] vector) {
        var array = request.withObject("/parameters").putArray(name);
        for (float component : vector) {
            array.add(component);
        }
        return this;
    }

    public RequestBuilder explain(ExplainLevel level) {
        request.put("explain", level.name().toLowerCase(Locale.ROOT));
        return this;
    }

    /** Demands that the answer contains everything before the token. */
    public RequestBuilder minOffsets(OffsetToken token) {
        ObjectNode offsets = request.withObject("/freshness").putObject("min_offsets");
        for (Map.Entry<String, Long> entry : new TreeMap<>(token.nextOffsets()).entrySet()) {
            offsets.put(entry.getKey(), entry.getValue());
        }
        return this;
    }

    public RequestBuilder timeout(Duration timeout) {
        request.put("timeout_ms", timeout.toMillis());
        return this;
    }

    public RequestBuilder returnAll() {
        request.put("return", "all");
        return this;
    }

    public ObjectNode build() {
        return request;
    }
}
