package io.millrace.benchmarks.hybrid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.data.ClusteredVectors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Items with vectors in a graph: each is about topics, of which some are about nearly all items and some about a few, and
 * cites others, a few of which are cited by very many. The same seed makes the same.
 */
final class HybridData {
    /** Share of the items that a topic is about, by topic. */
    static final List<Double> TOPICS = List.of(1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.002, 0.001, 0.0001);

    /** Values of {@code part}, which has nothing to do with the vector. */
    static final int PARTS = 1_000;

    /** Values of {@code side}, by which direction a vector lies in. */
    static final int SIDES = 20;

    static final int DIMENSION = 32;
    private static final int CITED = 4;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final int items;
    private final float[][] vectors;
    private final int[] side;
    private final long seed;

    HybridData(int items, long seed) {
        this.items = items;
        this.seed = seed;
        ClusteredVectors source = new ClusteredVectors(DIMENSION, seed);
        vectors = source.next(items);
        side = new int[items];
        Integer[] byFirst = IntStream.range(0, items).boxed().toArray(Integer[]::new);
        Arrays.sort(byFirst, (a, b) -> Float.compare(vectors[a][0], vectors[b][0]));
        for (int rank = 0; rank < items; rank++) {
            side[byFirst[rank]] = (int) ((long) rank * SIDES / items);
        }
    }

    List<String> create() {
        return List.of(
                "CREATE COLLECTION items (id INT PRIMARY KEY, part INT, side INT, v VECTOR(" + DIMENSION + "))",
                "CREATE COLLECTION topics (id STRING PRIMARY KEY, size INT)",
                "CREATE EDGE TYPE ABOUT FROM items TO topics",
                "CREATE EDGE TYPE CITES FROM items TO items",
                "CREATE VECTOR INDEX items_v ON items(v) USING HNSW WITH (metric = 'l2', ef_search = 200,"
                        + " filter_fields = ['part', 'side'])");
    }

    Stream<JsonNode> events() {
        Random random = new Random(seed);
        Stream<ObjectNode> topics = IntStream.range(0, TOPICS.size()).mapToObj(topic -> {
            ObjectNode event = JSON.objectNode()
                    .put("op", "upsert")
                    .put("collection", "topics")
                    .put("id", "t" + topic);
            event.putObject("fields").put("size", Math.round(TOPICS.get(topic) * items));
            return event;
        });
        Stream<ObjectNode> rows = IntStream.range(0, items).mapToObj(this::item);
        Stream<ObjectNode> about = IntStream.range(0, items)
                .boxed()
                .flatMap(item -> IntStream.range(0, TOPICS.size())
                        .filter(topic -> random.nextDouble() < TOPICS.get(topic))
                        .mapToObj(topic -> edge("ABOUT", item, "t" + topic)));
        Stream<ObjectNode> cites = IntStream.range(0, items)
                .boxed()
                .flatMap(item -> IntStream.range(0, CITED).mapToObj(i -> {
                    // The square puts most weight on the first items.
                    double skewed = random.nextDouble() * random.nextDouble();
                    return edge("CITES", item, Integer.toString((int) (skewed * skewed * items)));
                }));
        return Stream.of(topics, rows, about, cites).flatMap(each -> each);
    }

    private ObjectNode item(int id) {
        ObjectNode event =
                JSON.objectNode().put("op", "upsert").put("collection", "items").put("id", id);
        ObjectNode fields = event.putObject("fields");
        fields.put("part", (int) (id * 2_654_435_761L % PARTS)).put("side", side[id]);
        ArrayNode vector = fields.putArray("v");
        for (float component : vectors[id]) {
            vector.add(component);
        }
        return event;
    }

    private static ObjectNode edge(String type, int from, String to) {
        return JSON.objectNode()
                .put("op", "upsert_edge")
                .put("type", type)
                .put("from", Integer.toString(from))
                .put("to", to);
    }

    /** Returns a vector near an item's, which itself is no row's. */
    float[] near(int item, Random random) {
        float[] query = vectors[item].clone();
        for (int i = 0; i < query.length; i++) {
            query[i] += (float) (random.nextGaussian() * 0.1);
        }
        return query;
    }

    int side(int item) {
        return side[item];
    }
}
