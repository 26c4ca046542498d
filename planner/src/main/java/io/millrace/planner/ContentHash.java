package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.Question;
import io.millrace.protocol.Request;
import io.millrace.protocol.ShardRouting;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells whether two requests of one id ask for the same: the order of JSON fields does not matter. */
final class ContentHash {
    private ContentHash() {}

    /** Returns the XXH3 hash of everything in a request but its id. */
    static long of(Request request) {
        StringBuilder text = new StringBuilder();
        append(text, request.plan());
        part(text, request.statement());
        Question question = request.question();
        part(text, question == null ? null : question.text());
        part(text, question == null ? null : question.context());
        append(text, request.parameters());
        part(text, request.sessionId());
        part(text, request.explain().name());
        part(text, new TreeMap<>(request.minOffsets().nextOffsets()).toString());
        part(text, String.valueOf(request.maxLagMs()));
        part(text, String.valueOf(request.returnAll()));
        part(text, String.valueOf(request.timeoutMs()));
        append(text, request.options());
        return ShardRouting.hash(text.toString());
    }

    private static void part(StringBuilder text, @Nullable String part) {
        text.append(part == null ? "-" : part.length() + ":" + part).append('\n');
    }

    private static void append(StringBuilder text, Map<String, JsonNode> fields) {
        new TreeMap<>(fields).forEach((name, value) -> {
            part(text, name);
            append(text, value);
        });
        text.append('\n');
    }

    private static void append(StringBuilder text, @Nullable JsonNode node) {
        if (node != null && node.isObject()) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            node.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            text.append('{');
            append(text, sorted);
            text.append('}');
        } else if (node != null && node.isArray()) {
            text.append('[');
            node.forEach(element -> append(text, element));
            text.append(']');
        } else {
            part(text, node == null ? null : node.toString());
        }
    }
}
