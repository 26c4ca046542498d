package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.demo.CoraSample;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches across the vectors and the citations of Cora: every query of the published file. */
class CoraHybridITCase {
    private static final Map<Integer, JsonNode> VECTORS = new HashMap<>();
    private static TestStack stack;
    private static OffsetToken token;
    private static JsonNode queries;

    @BeforeAll
    static void ingest() throws IOException {
        queries = TestStack.JSON.readTree(
                SharedData.file("graph_cora/gt_hybrid.json").toFile());
        CoraSample.papers()
                .forEach(event -> VECTORS.put(
                        event.path("id").asInt(), event.path("fields").path("v")));
        stack = TestStack.start();
        stack.run("CREATE COLLECTION papers (id INT PRIMARY KEY, label INT, topic STRING, words INT, v VECTOR(1433))");
        stack.run("CREATE EDGE TYPE CITES FROM papers TO papers");
        stack.run("CREATE VECTOR INDEX papers_v ON papers(v) USING FLAT WITH (metric = 'cosine')");
        token = stack.client().send(CoraSample.papers());
        token = token.and(stack.client().send(CoraSample.citations()));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static RequestBuilder near(JsonNode query, String where, String strategy) {
        int q = query.path("q").asInt();
        ObjectNode request = TestStack.JSON.createObjectNode();
        request.put(
                "statement",
                "SELECT a.id, score FROM papers AS a WHERE a.v NEAR $q AND a.id != " + q + where + " LIMIT 10");
        request.putObject("parameters").set("q", VECTORS.get(q));
        request.putObject("options").put("hybrid.strategy", strategy);
        return RequestBuilder.of(request).minOffsets(token);
    }

    /** Rows of one score may stand in any order in the file: what is not of the last score is the same set. */
    private static void assertEqual(Answer answer, String step, JsonNode ids, JsonNode scores, String what) {
        List<JsonNode> found = answer.column(step, "score");
        assertThat(found).as(what).hasSize(scores.size());
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        double last = scores.isEmpty() ? 0 : scores.get(scores.size() - 1).doubleValue();
        for (int i = 0; i < scores.size(); i++) {
            assertThat(found.get(i).doubleValue())
                    .as("%s, place %d", what, i)
                    .isCloseTo(scores.get(i).doubleValue(), within(1e-6));
            if (scores.get(i).doubleValue() > last + 1e-6) {
                theirs.add(ids.get(i).asText());
                ours.add(answer.rows(step).get(i).get(0).asText());
            }
        }
        assertThat(ours).as(what).containsExactlyInAnyOrderElementsOf(theirs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "vector_first", "graph_first", "parallel"})
    void nearestWithinTwoHopsEqualTheFile(String strategy) {
        for (JsonNode query : queries) {
            String match = " AND MATCH (a)-[:CITES*1..2]-(b:papers {id: " + query.path("q") + "})";
            JsonNode expected = query.path("within2hops_top10_cos");

            Answer answer = stack.ask(near(query, match, strategy));

            assertEqual(answer, "result", expected.path("ids"), expected.path("cos"), strategy + " " + query.path("q"));
        }
    }

    @Test
    void nearestOfOneLabelEqualTheFile() {
        for (JsonNode query : queries) {
            JsonNode expected = query.path("same_label_top10_cos");

            Answer answer = stack.ask(near(query, " AND a.label = " + query.path("label"), "auto"));

            assertEqual(answer, "result", expected.path("ids"), expected.path("cos"), "label, " + query.path("q"));
        }
    }

    /** Where the fifth and the sixth are equally near, either is right: such queries are left out. */
    @Test
    void neighboursOfTheNearestEqualTheFile() {
        int compared = 0;
        for (JsonNode query : queries) {
            List<JsonNode> scores = stack.ask(plan(query, search(query, 6))).column("near", "score");
            if (scores.get(4).doubleValue() - scores.get(5).doubleValue() > 1e-9) {
                compared++;
                Answer answer = stack.ask(
                        plan(
                                query,
                                search(query, 5) + ", {\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\","
                                        + " \"params\": {\"start\": {\"ref\": \"near\", \"field\": \"id\", \"entity_type\":"
                                        + " \"papers\"}, \"edge_types\": [\"CITES\"], \"direction\": \"both\", \"depth\": 1}}"));
                TreeSet<Integer> found = new TreeSet<>();
                answer.column("s", "vertex").forEach(vertex -> found.add(vertex.asInt()));
                List<Integer> expected = new ArrayList<>();
                query.path("vec_top5_then_1hop_neighbours").forEach(id -> expected.add(id.asInt()));
                assertThat(List.copyOf(found)).as("paper %s", query.path("q")).isEqualTo(expected);
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    /**
     * The file breaks ties by id; cosines that are equal on paper differ here in their last bits. So the lists are ranked
     * again by rounded scores and fused in plain Java, which gives the file; and the job's answer is what plain Java makes
     * of the job's own lists.
     */
    @Test
    void fusedListsEqualTheFile() {
        for (JsonNode query : queries) {
            int q = query.path("q").asInt();
            Answer answer = stack.ask(plan(
                            query,
                            search(query, 100) + ", {\"id\": \"hops\", \"store\": \"graph\", \"op\": \"traverse\","
                                    + " \"params\": {\"start\": {\"ids\": [" + q + "], \"entity_type\": \"papers\"},"
                                    + " \"edge_types\": [\"CITES\"], \"direction\": \"both\", \"depth\": 2,"
                                    + " \"limit\": 50}}, {\"id\": \"s\", \"store\": \"compute\", \"op\": \"fuse\","
                                    + " \"params\": {\"input\": [\"near\", \"hops\"], \"key\": [\"id\", \"vertex\"],"
                                    + " \"rank_constant\": 60, \"window\": 50, \"limit\": 10}}")
                    .returnAll());
            List<Integer> near = ids(answer, "near", "id");
            List<Integer> hops = ids(answer, "hops", "vertex");
            JsonNode expected = query.path("rrf_k60_vec50_graph50_top10");
            Map<Integer, Long> rounded = new HashMap<>();
            for (int i = 0; i < near.size(); i++) {
                rounded.put(
                        near.get(i),
                        Math.round(answer.column("near", "score").get(i).doubleValue() * 1e9));
            }
            List<Integer> ranked = new ArrayList<>(near);
            ranked.sort(
                    Comparator.<Integer>comparingLong(id -> -rounded.get(id)).thenComparing(id -> id));
            assertThat(fuse(ranked, hops)).as("plain Java, %d", q).isEqualTo(ids(expected));
            assertThat(ids(answer, "s", "id")).as("the job, %d", q).isEqualTo(fuse(near, hops));
        }
    }

    private static List<Integer> ids(Answer answer, String step, String column) {
        return answer.column(step, column).stream().map(JsonNode::asInt).toList();
    }

    private static List<Integer> ids(JsonNode expected) {
        List<Integer> ids = new ArrayList<>();
        expected.path("ids").forEach(id -> ids.add(id.asInt()));
        return ids;
    }

    /** Reciprocal rank fusion of the first 50 of both lists. */
    private static List<Integer> fuse(List<Integer> near, List<Integer> hops) {
        Map<Integer, Double> sums = new HashMap<>();
        for (List<Integer> list : List.of(near, hops)) {
            for (int rank = 0; rank < Math.min(50, list.size()); rank++) {
                sums.merge(list.get(rank), 1.0 / (60 + rank + 1), Double::sum);
            }
        }
        return sums.keySet().stream()
                .sorted(Comparator.<Integer>comparingDouble(id -> -sums.get(id)).thenComparing(id -> id))
                .limit(10)
                .toList();
    }

    private static String search(JsonNode query, int k) {
        return "{\"id\": \"near\", \"store\": \"vector\", \"op\": \"search\", \"params\": {\"index\": \"papers_v\","
                + " \"query_vector\": \"$q\", \"top_k\": " + k + ", \"filter\": {\"id\": {\"ne\": " + query.path("q")
                + "}}, \"project\": [\"topic\"]}}";
    }

    private static RequestBuilder plan(JsonNode query, String steps) {
        return RequestBuilder.plan("{\"steps\": [" + steps + "]}")
                .parameter("q", VECTORS.get(query.path("q").asInt()))
                .minOffsets(token);
    }
}
