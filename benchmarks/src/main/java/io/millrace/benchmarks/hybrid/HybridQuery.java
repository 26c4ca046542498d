package io.millrace.benchmarks.hybrid;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One search across vectors and graph.
 *
 * @param where the conditions beside the vector
 * @param limit rows asked for
 */
record HybridQuery(float[] query, String where, int limit) {
    /** Conditions on fields: none, and such as have nothing to do with the query, go with it, and go against it. */
    private static final List<String> FILTERS = List.of("none", "independent", "correlated", "anti-correlated");

    /** Returns {@code count} queries; the same seed gives the same. */
    static List<HybridQuery> some(HybridData data, int items, int count, long seed) {
        Random random = new Random(seed);
        List<HybridQuery> queries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int item = random.nextInt(items);
            int limit = List.of(10, 10, 50).get(random.nextInt(3));
            String filter = filter(FILTERS.get(i % FILTERS.size()), data.side(item), random);
            queries.add(new HybridQuery(data.near(item, random), filter + pattern(i, items, random), limit));
        }
        return queries;
    }

    private static String filter(String kind, int side, Random random) {
        int opposite = (side + HybridData.SIDES / 2) % HybridData.SIDES;
        return switch (kind) {
            case "independent" -> " AND part < " + List.of(1, 10, 100, 500, 900).get(random.nextInt(5));
            case "correlated" -> " AND side BETWEEN " + (side - 1) + " AND " + (side + 1);
            case "anti-correlated" -> " AND side BETWEEN " + (opposite - 1) + " AND " + (opposite + 1);
            default -> "";
        };
    }

    private static String pattern(int number, int items, Random random) {
        String topic = "t" + number % HybridData.TOPICS.size();
        int item = (int) (Math.pow(random.nextDouble(), 4) * items);
        return switch (number / HybridData.TOPICS.size() % 5) {
            case 0 -> " AND MATCH (a)-[:ABOUT]->(t:topics {id: '" + topic + "'})";
            case 1 -> " AND NOT MATCH (a)-[:ABOUT]->(t:topics {id: '" + topic + "'})";
            case 2 -> " AND MATCH (a)-[:CITES]->(b:items)-[:ABOUT]->(t:topics {id: '" + topic + "'})";
            case 3 -> " AND MATCH (a)-[:CITES*1..2]->(b:items {id: " + item + "})";
            default -> " AND MATCH (a)-[:CITES]->(b:items {part: " + random.nextInt(HybridData.PARTS) + "})";
        };
    }

    /** @param strategy as users write it */
    ObjectNode request(String strategy, String explain) {
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("statement", statement())
                .put("explain", explain);
        request.putObject("options").put("hybrid.strategy", strategy);
        ArrayNode vector = request.putObject("parameters").putArray("q");
        for (float component : query) {
            vector.add(component);
        }
        return request;
    }

    private String statement() {
        return "SELECT a.id, score FROM items AS a WHERE a.v NEAR $q" + where + " LIMIT " + limit;
    }

    @Override
    public String toString() {
        return where.strip() + " LIMIT " + limit;
    }
}
