package io.millrace.planner.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.protocol.codec.ResponseCodec;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import org.jspecify.annotations.Nullable;

/** Values as JSON, for render data and explained plans. They look as in the rows of a response. */
public final class JsonValues {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonValues() {}

    /** Parses text that we wrote ourselves. */
    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + text, e);
        }
    }

    public static JsonNode of(ValueType type, @Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Long number) {
            return type == ValueType.TIMESTAMP
                    ? NODES.textNode(ResponseCodec.timestamp(number))
                    : NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? NODES.numberNode(number) : NODES.nullNode();
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof float[] vector) {
            ArrayNode array = NODES.arrayNode(vector.length);
            for (float component : vector) {
                array.add(component);
            }
            return array;
        }
        return value instanceof JsonText json ? parse(json.text()) : NODES.textNode(value.toString());
    }
}
