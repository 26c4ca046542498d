package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The record key that keeps the events of one document, or of one vertex's edges, in order. */
final class EventKey {
    private EventKey() {}

    /** Returns {@code collection/id} of a document's event, {@code from} of an edge's, null where there is neither. */
    static byte @Nullable [] of(JsonNode event) {
        JsonNode from = event.path("from");
        String key = from.isMissingNode()
                ? event.path("collection").asText("") + "/" + event.path("id").asText("")
                : from.asText("");
        return key.equals("/") ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the key of an event given as text, null if it is none. */
    static byte @Nullable [] ofText(byte[] value) {
        JsonNode event = MillraceClient.parse(value);
        return event == null ? null : of(event);
    }
}
