package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.Answer;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A directed graph with hubs and parallel edges: the routes between airports, each airline's own. */
class OpenFlightsITCase {
    private static TestStack stack;
    private static OffsetToken token;
    private static JsonNode truth;
    private static final Map<String, Integer> ROUTES = new HashMap<>();

    @BeforeAll
    static void ingest() throws IOException {
        truth = TestStack.JSON.readTree(
                SharedData.file("graph_openflights/gt.json").toFile());
        List<String> lines = Files.readAllLines(SharedData.file("graph_openflights/routes.csv"));
        stack = TestStack.start();
        stack.run("CREATE COLLECTION airports (id INT PRIMARY KEY)");
        stack.run("CREATE EDGE TYPE ROUTE FROM airports TO airports");
        Set<String> distinct = new HashSet<>(lines.subList(1, lines.size()));
        distinct.forEach(line -> ROUTES.merge(line.split(",")[0], 1, Integer::sum));
        token = stack.client().send(lines.stream().skip(1).map(line -> {
            String[] route = line.split(",", -1);
            return TestStack.edge("ROUTE", Long.parseLong(route[0]), Long.parseLong(route[1]))
                    .put("id", route[2]);
        }));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static Answer traverse(String ids, int depth, String more) {
        return stack.ask(
                "{\"steps\": [{\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {"
                        + "\"start\": {\"ids\": " + ids
                        + ", \"entity_type\": \"airports\"}, \"edge_types\": [\"ROUTE\"],"
                        + " \"direction\": \"outgoing\", \"depth\": " + depth + more + "}}]}",
                token);
    }

    private static Map<String, Integer> counts(List<String> ids, int depth) {
        Answer answer = traverse(ids.toString(), depth, ", \"aggregate\": \"count\"");
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            counts.put(
                    answer.column("s", "start").get(i).asText(),
                    answer.column("s", "count").get(i).asInt());
        }
        return counts;
    }

    @Test
    void airportsWithinKHopsEqualTheFile() {
        List<String> ids = new ArrayList<>();
        truth.path("khop").fieldNames().forEachRemaining(ids::add);
        for (int depth = 1; depth <= 3; depth++) {
            int hops = depth;
            counts(ids, depth)
                    .forEach((id, count) -> assertThat(count)
                            .as("airport %s within %d", id, hops)
                            .isEqualTo(
                                    truth.path("khop").path(id).path(hops - 1).asInt()));
        }
    }

    @Test
    void hubsHaveAsManyDestinationsAndRoutesAsTheFiles() {
        List<String> ids = new ArrayList<>();
        truth.path("top20_out_degree").forEach(pair -> ids.add(pair.get(0).asText()));
        Map<String, Integer> counts = counts(ids, 1);
        truth.path("top20_out_degree")
                .forEach(pair -> assertThat(counts)
                        .containsEntry(pair.get(0).asText(), pair.get(1).asInt()));

        Answer degrees = stack.ask(
                "{\"steps\": [{\"id\": \"d\", \"store\": \"compute\", \"op\": \"read\", \"params\": {\"type\": \"degree\","
                        + " \"collection\": \"airports\", \"direction\": \"outgoing\", \"filter\": {\"member_set\": {\"ids\": "
                        + ids + "}}}}]}",
                token);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(degrees.column("d", "out_degree").get(i).asInt())
                    .isEqualTo(ROUTES.get(degrees.column("d", "id").get(i).asText()));
        }
    }

    @Test
    void depthsEqualTheShortestConnectionsOfTheFile() {
        for (JsonNode connection : truth.path("shortest")) {
            int hops = connection.get(2).asInt();
            if (hops == 0) {
                continue;
            }
            Answer answer = traverse("[" + connection.get(0) + "]", 10, "");
            Integer depth = null;
            List<JsonNode> vertices = answer.column("s", "vertex");
            for (int i = 0; i < vertices.size(); i++) {
                if (vertices.get(i).equals(connection.get(1))) {
                    depth = answer.column("s", "depth").get(i).asInt();
                }
            }
            assertThat(depth).as("%s", connection).isEqualTo(hops < 0 || hops > 10 ? null : (Integer) hops);
        }
    }
}
