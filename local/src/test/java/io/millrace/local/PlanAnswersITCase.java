package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What plans say of walks over time and properties, and in which shapes their rows come back. */
class PlanAnswersITCase {
    private static TestStack stack;
    private static OffsetToken token;

    @BeforeAll
    static void start() {
        stack = TestStack.start();
        stack.run("CREATE COLLECTION towns (name STRING PRIMARY KEY, people INT)");
        stack.run("CREATE EDGE TYPE ROAD FROM towns TO towns (km DOUBLE, opened TIMESTAMP)"
                + " WITH (time_field = 'opened')");
        List<ObjectNode> events = new ArrayList<>();
        for (String town : List.of("a", "b", "c", "d", "e")) {
            events.add(TestStack.upsert(
                    "towns", town, TestStack.JSON.createObjectNode().put("people", 100 * town.charAt(0))));
        }
        events.add(road("a", "b", 5, "2020-01-01T00:00:00Z"));
        events.add(road("b", "c", 50, "2021-06-01T00:00:00Z"));
        events.add(road("a", "d", 80, "2022-01-01T00:00:00Z"));
        events.add(road("d", "e", 2, "2022-01-01T00:00:00.001Z"));
        token = stack.client().send(events);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static ObjectNode road(String from, String to, double km, String opened) {
        ObjectNode edge = TestStack.edge("ROAD", from, to);
        edge.putObject("fields").put("km", km).put("opened", opened);
        return edge;
    }

    private static String walk(String more) {
        return "{\"id\": \"w\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {\"start\": {\"ids\": [\"a\"],"
                + " \"entity_type\": \"towns\"}, \"edge_types\": [\"ROAD\"], \"depth\": 3" + more + "}}";
    }

    private static List<String> reached(String more) {
        return stack.ask("{\"steps\": [" + walk(more) + "]}", token).column("w", "vertex").stream()
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void walkFollowsOnlyEdgesOfItsTimeRange() {
        assertThat(reached("")).containsExactly("b", "d", "c", "e");
        assertThat(reached(", \"time_range\": {\"from\": \"2020-01-01\", \"to\": \"2021-12-31\"}"))
                .containsExactly("b", "c");
        assertThat(reached(", \"time_range\": {\"from\": \"2022-01-01T00:00:00Z\", \"to\": \"2022-01-01T00:00:00Z\"}"))
                .as("both ends are inclusive, to the millisecond")
                .containsExactly("d");
        assertThat(reached(", \"time_range\": {\"from\": \"2021-01-01\"}"))
                .as("the way to c leads over an edge that is too old")
                .containsExactly("d", "e");
    }

    @Test
    void walkFollowsOnlyEdgesThatPassItsFilter() {
        assertThat(reached(", \"edge_filter\": {\"km\": {\"lt\": 60}}")).containsExactly("b", "c");
        assertThat(reached(", \"edge_filter\": {\"km\": {\"gte\": 80}}")).containsExactly("d");
        assertThat(reached(", \"edge_filter\": {\"km\": {\"lt\": 60}, \"opened\": {\"lt\": \"2021-01-01\"}}"))
                .containsExactly("b");
        assertThat(reached(", \"edge_filter\": {\"km\": 51}")).isEmpty();
    }

    @Test
    void everyStepIsInTheAnswerWhereAllAreAskedFor() {
        String plan = "{\"steps\": [" + walk("")
                + ", {\"id\": \"n\", \"store\": \"compute\", \"op\": \"aggregate\", \"params\": {\"input\": \"w\","
                + " \"group_by\": [], \"metrics\": [{\"agg\": \"count\"}]}}]}";
        Answer last = stack.ask(RequestBuilder.plan(plan).minOffsets(token));
        Answer all = stack.ask(RequestBuilder.plan(plan).minOffsets(token).returnAll());

        assertThat(names(last.json().path("results"))).containsExactly("n");
        assertThat(names(all.json().path("results"))).containsExactly("w", "n");
        assertThat(all.rows("w")).hasSize(4);
        assertThat(all.column("n", "count").get(0).asInt()).isEqualTo(4);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void renderComesBackWithTheRowsOfItsStep() {
        Answer answer = stack.ask(
                "{\"steps\": [" + walk(", \"project\": [\"people\"]") + ", {\"id\": \"far\", \"store\": \"compute\","
                        + " \"op\": \"filter\", \"params\": {\"input\": \"w\", \"condition\": \"depth > 1\"}}],"
                        + " \"render\": [{\"type\": \"table\", \"data\": \"w\", \"title\": \"Reached\", \"columns\":"
                        + " [\"vertex\", \"people\", \"mayor\"], \"limit\": 3},"
                        + " {\"type\": \"bar_chart\", \"data\": \"far\", \"x\": \"vertex\", \"y\": \"people\"},"
                        + " {\"type\": \"force_graph\", \"data\": \"w\", \"limit\": 2}]}",
                token);

        JsonNode render = answer.json().path("render");
        assertThat(render).hasSize(3);
        assertThat(render.path(0).path("title").asText()).isEqualTo("Reached");
        assertThat(render.path(0).path("data").toString())
                .isEqualTo("{\"columns\":[\"vertex\",\"people\",\"mayor\"],"
                        + "\"rows\":[[\"b\",9800,null],[\"d\",10000,null],[\"c\",9900,null]]}");
        assertThat(render.path(1).path("type").asText()).isEqualTo("bar_chart");
        assertThat(render.path(1).path("data").path("rows")).hasSize(2);
        assertThat(render.path(2).path("data").path("nodes").toString())
                .isEqualTo("[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"d\"}]");
        assertThat(render.path(2).path("data").path("links").toString())
                .isEqualTo("[{\"source\":\"a\",\"target\":\"b\"},{\"source\":\"a\",\"target\":\"d\"}]");
        assertThat(answer.json().path("warnings").path(0).path("code").asText()).isEqualTo("NOT_FOUND_FIELD");
        assertThat(names(answer.json().path("results"))).containsExactlyInAnyOrder("w", "far");
    }
}
