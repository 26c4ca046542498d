package io.millrace.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;

/**
 * Requests whose every step reads the outgoing edges of one vertex, which is what the step before it has found. So each
 * step is one question to all shards and one point read at one of them, and no step can start before the last ended.
 */
public final class WalkRequests {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final String collection;
    private final String edgeType;

    public WalkRequests(String collection, String edgeType) {
        this.collection = collection;
        this.edgeType = edgeType;
    }

    /** Returns a request of so many steps. */
    public ObjectNode walk(String startId, int steps) {
        ObjectNode request = JSON.objectNode();
        ArrayNode list = request.putObject("plan").putArray("steps");
        for (int step = 1; step <= steps; step++) {
            ObjectNode params = list.addObject()
                    .put("id", "s" + step)
                    .put("store", "graph")
                    .put("op", "traverse")
                    .putObject("params");
            ObjectNode start = params.putObject("start").put("entity_type", collection);
            if (step == 1) {
                start.putArray("ids").add(startId);
            } else {
                // The column is called after its step where a step before has one of that name.
                start.put("ref", "s" + (step - 1)).put("field", step == 2 ? "vertex" : "s" + (step - 1) + ".vertex");
            }
            params.putArray("edge_types").add(edgeType);
            params.put("direction", "outgoing").put("depth", 1);
        }
        return request;
    }

    /**
     * Checks that an answer took the work it is timed for.
     *
     * @throws IllegalStateException unless each of so many steps asked the shards and read an edge
     */
    public static void checkWork(Answer answer, int steps) {
        JsonNode reports = answer.json().path("steps");
        boolean all = reports.size() == steps;
        for (JsonNode report : reports) {
            JsonNode explained = report.has("explain") ? report.path("explain") : report;
            all &= explained.path("shards").asInt() > 0
                    && explained.path("rows_read").asLong() > 0;
        }
        if (!all) {
            throw new IllegalStateException("not every of " + steps + " steps read an edge: " + answer.json());
        }
    }
}
