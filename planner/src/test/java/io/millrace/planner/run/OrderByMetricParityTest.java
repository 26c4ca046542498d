package io.millrace.planner.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.planner.Samples;
import io.millrace.protocol.Rounds;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ORDER BY a metric gives what sorting every row gives: for each metric, with ties, filters, second keys and bounds. */
class OrderByMetricParityTest {
    private static final Map<Metric, String> FUNCTIONS =
            Map.of(Metric.L2, "l2_distance", Metric.COSINE, "cosine_similarity", Metric.IP, "inner_product");

    /** A row, and what the functions make of it. */
    private record Row(long id, float[] v, long grade, double score) {}

    @Test
    void answersAreThoseOfSortingEverything() {
        for (int seed = 0; seed < Rounds.of(150); seed++) {
            Random random = new Random(seed);
            Metric metric = Metric.values()[random.nextInt(3)];
            String indexMetric = random.nextBoolean() ? metric.name().toLowerCase(java.util.Locale.ROOT) : "l2";
            Catalog catalog = catalog(indexMetric);
            FakeShards shards = new FakeShards(1 + random.nextInt(4), catalog);
            float[] query = {1 + random.nextInt(2), random.nextInt(3)};
            List<Row> rows = rows(random, shards, metric, query);
            String statement = statement(random, metric);
            JsonNode vector = vector(query);
            String answer = Runs.rows(new Statements(catalog, shards).table(statement, Map.of("q", vector)))
                    .toString();
            assertThat(answer).as("seed %d: %s", seed, statement).isEqualTo(expected(statement, rows));
        }
    }

    private static Catalog catalog(String metric) {
        Catalog catalog =
                Samples.after(Catalog.EMPTY, "c", "CREATE COLLECTION t (id INT PRIMARY KEY, grade INT, v VECTOR(2))");
        return Samples.after(
                catalog, "i", "CREATE VECTOR INDEX t_v ON t(v) USING hnsw WITH (metric = '" + metric + "')");
    }

    private static List<Row> rows(Random random, FakeShards shards, Metric metric, float[] query) {
        List<Row> rows = new ArrayList<>();
        for (long id = 0; id < 5 + random.nextInt(30); id++) {
            float[] v = {random.nextInt(3), random.nextInt(3)};
            long grade = random.nextInt(3);
            Map<String, Object> fields = new HashMap<>(Map.of("grade", grade));
            if (random.nextInt(8) > 0) {
                fields.put("v", v);
                rows.add(new Row(id, v, grade, score(metric, query, v)));
            }
            shards.put("t", String.valueOf(id), fields);
        }
        return rows;
    }

    /** In the arithmetic of the fake shards. */
    private static double score(Metric metric, float[] query, float[] v) {
        double dot = query[0] * v[0] + query[1] * v[1];
        double norms = query[0] * query[0] + query[1] * query[1];
        double own = v[0] * v[0] + v[1] * v[1];
        return switch (metric) {
            case L2 -> Math.sqrt((query[0] - v[0]) * (query[0] - v[0]) + (query[1] - v[1]) * (query[1] - v[1]));
            case IP -> dot;
            case COSINE -> own == 0 ? 0 : dot / Math.sqrt(norms * own);
        };
    }

    private static JsonNode vector(float[] query) {
        ArrayNode vector = JsonNodeFactory.instance.arrayNode();
        for (float component : query) {
            vector.add(component);
        }
        return vector;
    }

    private static String statement(Random random, Metric metric) {
        String[] directions = {"", " ASC", " DESC"};
        StringBuilder text = new StringBuilder("SELECT id FROM t");
        if (random.nextBoolean()) {
            text.append(" WHERE grade <> 1");
        }
        text.append(" ORDER BY ")
                .append(FUNCTIONS.get(metric))
                .append("(v, $q)")
                .append(directions[random.nextInt(3)]);
        if (random.nextBoolean()) {
            text.append(", grade").append(directions[random.nextInt(3)]);
        }
        text.append(new String[] {"", " USING ANN", " USING EXACT"}[random.nextInt(3)]);
        if (random.nextInt(3) > 0) {
            text.append(" LIMIT ").append(1 + random.nextInt(8));
        }
        if (random.nextInt(3) == 0) {
            text.append(" OFFSET ").append(random.nextInt(5));
        }
        return text.toString();
    }

    /** Reads the statement again, in the plainest way. */
    private static String expected(String statement, List<Row> rows) {
        boolean ascendingMetric = statement.contains("l2_distance");
        boolean scoreDescends = statement.contains("$q) DESC") || (!ascendingMetric && !statement.contains("$q) ASC"));
        Comparator<Row> order = Comparator.comparingDouble(Row::score);
        order = scoreDescends ? order.reversed() : order;
        if (statement.contains(", grade")) {
            Comparator<Row> byGrade = Comparator.comparingLong(Row::grade);
            order = order.thenComparing(statement.contains("grade DESC") ? byGrade.reversed() : byGrade);
        }
        return rows.stream()
                .filter(row -> !statement.contains("<> 1") || row.grade() != 1)
                .sorted(order.thenComparingLong(Row::id))
                .skip(number(statement, "OFFSET", 0))
                .limit(number(statement, "LIMIT", 1_000))
                .map(row -> List.of(row.id()))
                .toList()
                .toString();
    }

    private static int number(String statement, String word, int otherwise) {
        int at = statement.indexOf(word + " ");
        return at < 0
                ? otherwise
                : Integer.parseInt(statement.substring(at + word.length() + 1).split(" ")[0]);
    }
}
