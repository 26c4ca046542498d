package io.millrace.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.protocol.catalog.Metric;
import java.util.List;
import java.util.Locale;

/** A collection of vectors with one index, in the words of users: statements, events, requests. */
public final class VectorRequests {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String COLLECTION = "vectors";
    private static final String INDEX = "vectors_v";
    private static final String STEP = "near";

    private final String createIndex;
    private final int dimension;

    /** @param mode how changes reach the index: immediate, batched, async, rebuild_only */
    public VectorRequests(int dimension, Metric metric, String engine, int m, int efConstruction, String mode) {
        this.dimension = dimension;
        createIndex = "CREATE VECTOR INDEX " + INDEX + " ON " + COLLECTION + "(v) USING "
                + engine.toUpperCase(Locale.ROOT) + " WITH (metric = '"
                + metric.name().toLowerCase(Locale.ROOT) + "', m = " + m + ", ef_construction = " + efConstruction
                + ", mode = '" + mode.toLowerCase(Locale.ROOT) + "')";
    }

    public List<String> create() {
        return List.of(
                "CREATE COLLECTION " + COLLECTION + " (id INT PRIMARY KEY, v VECTOR(" + dimension + "))", createIndex);
    }

    public String rebuild() {
        return "REINDEX VECTOR INDEX " + INDEX;
    }

    public ObjectNode upsert(int id, float[] vector) {
        ObjectNode event = JSON.objectNode()
                .put("op", "upsert")
                .put("collection", COLLECTION)
                .put("id", id);
        put(event.putObject("fields").putArray("v"), vector);
        return event;
    }

    public ObjectNode delete(int id) {
        return JSON.objectNode()
                .put("op", "delete")
                .put("collection", COLLECTION)
                .put("id", id);
    }

    private static void put(ArrayNode array, float[] vector) {
        for (float component : vector) {
            array.add(component);
        }
    }

    public ObjectNode search(float[] query, int k) {
        ObjectNode request = JSON.objectNode().put("explain", "none");
        ObjectNode params = request.putObject("plan")
                .putArray("steps")
                .addObject()
                .put("id", STEP)
                .put("store", "vector")
                .put("op", "search")
                .putObject("params");
        params.put("index", INDEX).put("top_k", k);
        put(params.putArray("query_vector"), query);
        return request;
    }

    /** Returns a search that looks at every vector, with or without an index. */
    public ObjectNode exactSearch(float[] query, int k) {
        ObjectNode request = search(query, k);
        ((ObjectNode) request.at("/plan/steps/0/params")).put("exact", true);
        return request;
    }

    /** Returns the ids that a search has found. */
    public static int[] ids(Answer answer) {
        return answer.rows(STEP).stream().mapToInt(row -> id(row.get(0))).toArray();
    }

    private static int id(JsonNode id) {
        return id.isTextual() ? Integer.parseInt(id.textValue()) : id.intValue();
    }
}
