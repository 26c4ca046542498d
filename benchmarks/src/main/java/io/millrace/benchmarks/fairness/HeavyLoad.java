package io.millrace.benchmarks.fairness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.client.MillraceClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps some requests under way that read every row of a collection, or walk far: as one is answered the next is sent. */
final class HeavyLoad implements AutoCloseable {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final MillraceClient client;
    private final List<ObjectNode> kinds;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final List<CompletableFuture<Void>> chains;

    HeavyLoad(MillraceClient client, List<ObjectNode> kinds, int underWay) {
        this.client = client;
        this.kinds = List.copyOf(kinds);
        chains = java.util.stream.IntStream.range(0, underWay)
                .mapToObj(i -> next())
                .toList();
    }

    private CompletableFuture<Void> next() {
        if (stopped.get()) {
            return CompletableFuture.completedFuture(null);
        }
        ObjectNode request =
                kinds.get((int) (sent.getAndIncrement() % kinds.size())).deepCopy();
        return client.request(request).thenComposeAsync(answer -> {
            BenchStack.check(answer);
            answered.incrementAndGet();
            return next();
        });
    }

    long answered() {
        return answered.get();
    }

    /** A request with a step that scans, and one that counts what it gives. */
    static ObjectNode count(String collection, String groupBy) {
        return request(
                step("s", "document", "scan", JSON.objectNode().put("collection", collection)),
                step(
                        "a",
                        "compute",
                        "aggregate",
                        JSON.objectNode().put("input", "s").put("group_by", groupBy)));
    }

    /** A request for the few rows that pass a filter, in order. */
    static ObjectNode filter(String collection, String field, String value, String orderBy) {
        ObjectNode params = JSON.objectNode()
                .put("collection", collection)
                .put("order_by", orderBy)
                .put("limit", 100);
        params.putObject("filter").put(field, value);
        return request(step("s", "document", "scan", params));
    }

    /** A request for all vertices within some hops. */
    static ObjectNode walk(String collection, String id, int depth) {
        ObjectNode params =
                JSON.objectNode().put("direction", "both").put("depth", depth).put("aggregate", "count");
        params.putObject("start").put("entity_type", collection).putArray("ids").add(id);
        return request(step("w", "graph", "traverse", params));
    }

    private static JsonNode step(String id, String store, String operation, ObjectNode params) {
        ObjectNode step = JSON.objectNode().put("id", id).put("store", store).put("op", operation);
        step.set("params", params);
        return step;
    }

    private static ObjectNode request(JsonNode... steps) {
        ObjectNode request = JSON.objectNode();
        var list = request.putObject("plan").putArray("steps");
        for (JsonNode step : steps) {
            list.add(step);
        }
        return request;
    }

    /** Sends no more and waits for the answers that are due. */
    @Override
    public void close() {
        stopped.set(true);
        chains.forEach(CompletableFuture::join);
    }
}
