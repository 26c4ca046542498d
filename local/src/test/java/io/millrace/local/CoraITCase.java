package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.demo.CoraSample;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The citation graph of Cora: counts and depths of traversals against the published files. */
class CoraITCase {
    private static TestStack stack;
    private static OffsetToken token;

    @BeforeAll
    static void ingest() {
        stack = TestStack.start();
        stack.run("CREATE COLLECTION papers (id INT PRIMARY KEY, label INT, topic STRING, words INT, v VECTOR(1433))");
        stack.run("CREATE EDGE TYPE CITES FROM papers TO papers");
        stack.run("CREATE EDGE TYPE CITES_LATER FROM papers TO papers WITH (mode = 'BATCHED', batch_rows = 7)");
        token = stack.client().send(CoraSample.papers());
        token = token.and(stack.client().send(CoraSample.citations()));
        token = token.and(stack.client().send(CoraSample.citations().map(edge -> {
            ((com.fasterxml.jackson.databind.node.ObjectNode) edge).put("type", "CITES_LATER");
            return edge;
        })));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CITES", "CITES_LATER"})
    void countsWithinKHopsEqualTheFile(String type) throws IOException {
        List<String> lines = Files.readAllLines(SharedData.file("graph_cora/gt_khop_counts.csv"));
        Map<String, String[]> expected = new HashMap<>();
        lines.stream().skip(1).map(line -> line.split(",")).forEach(row -> expected.put(row[0], row));
        for (int depth = 1; depth <= 3; depth++) {
            String ids = expected.keySet().stream().sorted().limit(500).toList().toString();
            Answer answer = stack.ask(traverse(type, ids, depth, ", \"aggregate\": \"count\""), token);
            assertThat(answer.rows("s")).hasSize(500);
            List<JsonNode> starts = answer.column("s", "start");
            List<JsonNode> counts = answer.column("s", "count");
            for (int i = 0; i < starts.size(); i++) {
                String start = starts.get(i).asText();
                assertThat(counts.get(i).asText())
                        .as("paper %s within %d", start, depth)
                        .isEqualTo(expected.get(start)[depth]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endsOfPathsEqualTheFile(int depth) throws IOException {
        List<String> lines = Files.readAllLines(SharedData.file("graph_cora/gt_khop_counts.csv"));
        for (String line : lines.subList(1, 41)) {
            String[] row = line.split(",");
            Answer answer = stack.ask(RequestBuilder.statement("MATCH (a:papers {id: " + row[0] + "})-[:CITES*1.."
                            + depth + "]-(b) WHERE b.id != " + row[0] + " RETURN DISTINCT b.id")
                    .minOffsets(token));
            assertThat(answer.rows("result"))
                    .as("paper %s within %d", row[0], depth)
                    .hasSize(Integer.parseInt(row[depth]));
        }
    }

    @Test
    void depthsEqualTheShortestPathsOfTheFile() throws IOException {
        Path file = SharedData.file("graph_cora/gt_shortest_paths.json");
        for (JsonNode pair : TestStack.JSON.readTree(file.toFile())) {
            int length = pair.path("length").asInt();
            Answer answer = stack.ask(traverse("CITES", "[" + pair.path("src") + "]", 10, ""), token);
            Map<String, Integer> depths = new HashMap<>();
            List<JsonNode> vertices = answer.column("s", "vertex");
            List<JsonNode> found = answer.column("s", "depth");
            for (int i = 0; i < vertices.size(); i++) {
                depths.put(vertices.get(i).asText(), found.get(i).asInt());
            }
            Integer expected = length < 0 || length > 10 ? null : length;
            if (length != 0) {
                assertThat(depths.get(pair.path("dst").asText())).as("%s", pair).isEqualTo(expected);
            }
        }
    }

    private static String traverse(String type, String ids, int depth, String more) {
        return "{\"steps\": [{\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {"
                + "\"start\": {\"ids\": " + ids + ", \"entity_type\": \"papers\"}, \"edge_types\": [\"" + type
                + "\"], \"direction\": \"both\", \"depth\": " + depth + more + "}}]}";
    }
}
