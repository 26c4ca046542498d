package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response as it was received.
 *
 * @param json the whole of it
 * @param roundTripNanos from sending the request to receiving this
 */
public record Answer(JsonNode json, long roundTripNanos) {
    public String requestId() {
        return json.path("request_id").asText();
    }

    /** Returns {@code ok}, {@code partial} or {@code error}. */
    public String status() {
        return json.path("status").asText();
    }

    public boolean isError() {
        return status().equals("error");
    }

    /** Returns the code of the first error, or null. */
    public @Nullable String errorCode() {
        JsonNode code = json.path("errors").path(0).path("code");
        return code.isMissingNode() ? null : code.asText();
    }

    /** Returns the rows of a step, in their order; empty for a step that has no result. */
    public List<JsonNode> rows(String step) {
        List<JsonNode> rows = new ArrayList<>();
        json.path("results").path(step).path("rows").forEach(rows::add);
        return rows;
    }

    /** Returns the names of the columns of a step. */
    public List<String> columns(String step) {
        List<String> columns = new ArrayList<>();
        json.path("results").path(step).path("columns").forEach(column -> columns.add(column.asText()));
        return columns;
    }

    /** Returns the values of one column of a step. */
    public List<JsonNode> column(String step, String column) {
        int index = columns(step).indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("step \"" + step + "\" has no column \"" + column + "\": " + json);
        }
        return rows(step).stream().map(row -> row.get(index)).toList();
    }
}
