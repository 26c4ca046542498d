package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What exists, and that nothing of one name or key shows up under another. */
class CatalogITCase {
    private static TestStack stack;

    @BeforeAll
    static void start() {
        stack = TestStack.start();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static ObjectNode n(int n) {
        return TestStack.JSON.createObjectNode().put("n", n);
    }

    private static Answer scan(String collection, OffsetToken token) {
        return stack.ask(
                "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\", \"params\": {\"collection\": \""
                        + collection + "\"}}]}",
                token);
    }

    @Test
    void collectionThatWasDroppedAndCreatedAgainSeesNothingOld() {
        stack.run("CREATE COLLECTION again (id STRING PRIMARY KEY, n INT, v VECTOR(2))");
        stack.run("CREATE EDGE TYPE AGAIN FROM again TO again");
        OffsetToken token = stack.client()
                .send(List.of(
                        TestStack.upsert("again", "a", n(1)),
                        TestStack.upsert("again", "b", n(2)),
                        TestStack.edge("AGAIN", "a", "b")));
        assertThat(scan("again", token).rows("s")).hasSize(2);
        assertThat(stack.client().statement("DROP COLLECTION again").errorCode())
                .isEqualTo("CONFLICT_IN_USE");
        stack.run("DROP EDGE TYPE AGAIN");
        stack.run("DROP COLLECTION again");
        stack.run("CREATE COLLECTION again (id STRING PRIMARY KEY, n INT)");
        stack.run("CREATE EDGE TYPE AGAIN FROM again TO again");
        assertThat(scan("again", token).rows("s")).isEmpty();
        Answer edges = stack.ask(
                "{\"steps\": [{\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {\"start\":"
                        + " {\"ids\": [\"a\"], \"entity_type\": \"again\"}, \"direction\": \"both\"}}]}",
                token);
        assertThat(edges.rows("s")).isEmpty();
        OffsetToken later = stack.client().send(List.of(TestStack.upsert("again", "c", n(3))));
        assertThat(scan("again", later).column("s", "id").toString()).isEqualTo("[\"c\"]");
    }

    @Test
    void everyPlannerKnowsACollectionWhenItsCreationIsAnswered() {
        for (int i = 0; i < 40; i++) {
            stack.run("CREATE COLLECTION quick" + i + " (id INT PRIMARY KEY, n INT)");
            OffsetToken token = stack.client().send(List.of(TestStack.upsert("quick" + i, 1, n(i))));
            assertThat(scan("quick" + i, token).rows("s"))
                    .as("collection %d", i)
                    .hasSize(1);
        }
    }

    @Test
    void sameRequestIdAgainSucceedsAndAnotherOfTheNameIsAConflict() {
        String create = "CREATE COLLECTION once (id INT PRIMARY KEY)";
        Answer first = stack.ask(RequestBuilder.statement(create).id("ddl-1"));
        Answer second = stack.ask(RequestBuilder.statement(create).id("ddl-1"));
        assertThat(second.json().path("results")).isEqualTo(first.json().path("results"));
        assertThat(stack.client().statement(create).errorCode()).isEqualTo("CONFLICT_NAME");
        assertThat(stack.client().statement("DROP COLLECTION never").errorCode())
                .isEqualTo("NOT_FOUND_COLLECTION");
    }

    @Test
    void optionsOfAnIndexAreChecked() {
        stack.run("CREATE COLLECTION vectors (id INT PRIMARY KEY, v VECTOR(2))");
        Answer engine = stack.client().statement("CREATE VECTOR INDEX v_none ON vectors(v) USING FAISS");
        assertThat(engine.errorCode()).isEqualTo("INVALID_ENGINE");
        Answer options = stack.client()
                .statement(
                        "CREATE VECTOR INDEX v_bad ON vectors(v) USING FLAT WITH (metric = 'far', m = 0, colour = 1)");
        assertThat(options.json().path("errors")).hasSize(3);
    }

    @Test
    void indexIsAlteredAndBuiltAndEveryShardTellsHowItStands() {
        stack.run("CREATE COLLECTION indexed (id INT PRIMARY KEY, v VECTOR(2))");
        stack.run("CREATE VECTOR INDEX indexed_v ON indexed(v) USING FLAT WITH (metric = 'cosine')");
        List<ObjectNode> events = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ObjectNode fields = TestStack.JSON.createObjectNode();
            fields.putArray("v").add(i).add(1);
            events.add(TestStack.upsert("indexed", i, fields));
        }
        OffsetToken token = stack.client().send(events);

        String alter = "ALTER VECTOR INDEX indexed_v SET (mode = $mode, ef_search = 222)";
        ObjectNode request =
                TestStack.JSON.createObjectNode().put("request_id", "alter-1").put("statement", alter);
        request.putObject("parameters").put("mode", "async");
        Answer altered = stack.ask(RequestBuilder.of(request));
        assertThat(altered.rows("result").toString()).isEqualTo("[[\"indexed_v\",true]]");
        assertThat(stack.ask(RequestBuilder.of(request)).json().path("results"))
                .isEqualTo(altered.json().path("results"));
        Answer shown = stack.run("SHOW VECTOR INDEX indexed_v");
        assertThat(shown.column("result", "mode").toString()).isEqualTo("[\"async\"]");
        assertThat(shown.column("result", "ef_search").toString()).isEqualTo("[222]");
        assertThat(stack.run("BUILD VECTOR INDEX indexed_v").rows("result").toString())
                .isEqualTo("[[\"indexed_v\",true]]");
        assertThat(stack.run("REINDEX VECTOR INDEX indexed_v").rows("result").toString())
                .isEqualTo("[[\"indexed_v\",true]]");

        TestStack.await().untilAsserted(() -> {
            Answer status = stack.ask(RequestBuilder.statement("SHOW VECTOR INDEX STATUS indexed_v")
                    .minOffsets(token));
            assertThat(status.column("result", "shard").toString()).isEqualTo("[0, 1, 2, 3, null]");
            assertThat(status.column("result", "state"))
                    .allMatch(state -> state.asText().equals("READY"));
            List<JsonNode> rows = status.column("result", "rows_indexed");
            assertThat(rows.get(4).asLong()).isEqualTo(40);
            assertThat(rows.subList(0, 4).stream().mapToLong(JsonNode::asLong).sum())
                    .isEqualTo(40);
            assertThat(status.column("result", "lag_ms")).allMatch(JsonNode::isNumber);
            assertThat(status.column("result", "mode"))
                    .allMatch(mode -> mode.asText().equals("async"));
            assertThat(status.column("result", "row_id_kind"))
                    .allMatch(kind -> kind.asText().equals("int"));
        });
        Answer all = stack.run("SHOW VECTOR INDEX STATUS");
        assertThat(all.column("result", "name")).contains(TestStack.JSON.valueToTree("indexed_v"));
        assertThat(stack.client()
                        .statement("ALTER VECTOR INDEX indexed_v SET (m = 5)")
                        .errorCode())
                .isEqualTo("INVALID_OPTION");
        assertThat(stack.client().statement("BUILD VECTOR INDEX indexed_w").errorCode())
                .isEqualTo("NOT_FOUND_INDEX");
    }

    @Test
    void keysThatAreHostileOrPrefixesOfEachOtherStayApart() throws IOException {
        stack.run("CREATE COLLECTION keys (id STRING PRIMARY KEY, n INT, text STRING)");
        stack.run("CREATE EDGE TYPE NEXT FROM keys TO keys");
        List<String> keys = new ArrayList<>(List.of("p1", "p10", "p", "p1/", "p1\u0000", "%00", "a|b", "a\\|b"));
        JsonNode naughty =
                TestStack.JSON.readTree(SharedData.file("naughty/blns.json").toFile());
        naughty.forEach(text -> keys.add(text.asText()));
        List<String> distinct = new ArrayList<>(new TreeSet<>(keys));
        List<ObjectNode> events = new ArrayList<>();
        for (int i = 0; i < distinct.size(); i++) {
            events.add(TestStack.upsert("keys", distinct.get(i), n(i).put("text", distinct.get(i))));
            events.add(TestStack.edge("NEXT", distinct.get(i), distinct.get((i + 1) % distinct.size())));
        }
        OffsetToken token = stack.client().send(events);
        Answer all = scan("keys", token);
        assertThat(all.rows("s")).hasSize(distinct.size());
        List<JsonNode> ids = all.column("s", "id");
        List<JsonNode> texts = all.column("s", "text");
        assertThat(texts).isEqualTo(ids);
        ObjectNode plan = (ObjectNode) TestStack.json(
                "{\"steps\": [{\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {\"start\":"
                        + " {\"ids\": [], \"entity_type\": \"keys\"}, \"edge_types\": [\"NEXT\"], \"direction\":"
                        + " \"outgoing\"}}]}");
        var start = plan.withArray("/steps/0/params/start/ids");
        distinct.forEach(key -> start.add(key.startsWith("$") ? "$" + key : key)); // "$name" is a parameter.
        Answer next = stack.ask(RequestBuilder.plan(plan).minOffsets(token));
        assertThat(next.rows("s")).hasSize(distinct.size());
        List<JsonNode> starts = next.column("s", "start");
        List<JsonNode> vertices = next.column("s", "vertex");
        for (int i = 0; i < starts.size(); i++) {
            int place = distinct.indexOf(starts.get(i).asText());
            assertThat(vertices.get(i).asText()).isEqualTo(distinct.get((place + 1) % distinct.size()));
        }
    }

    @Test
    void deletedRowsTombstonesAndEdgesOfDeletedVerticesAreGone() {
        stack.run("CREATE COLLECTION gone (id STRING PRIMARY KEY, n INT)");
        stack.run("CREATE EDGE TYPE KNOWS FROM gone TO gone");
        OffsetToken written = stack.client()
                .send(List.of(
                        TestStack.upsert("gone", "a", n(1)),
                        TestStack.upsert("gone", "b", n(2)),
                        TestStack.upsert("gone", "c", n(3)),
                        TestStack.edge("KNOWS", "a", "b"),
                        TestStack.edge("KNOWS", "c", "a"),
                        TestStack.edge("KNOWS", "b", "c")));
        // Edges and rows have different record keys, and there is no order between partitions.
        assertThat(scan("gone", written).rows("s")).hasSize(3);
        ObjectNode delete = TestStack.JSON
                .createObjectNode()
                .put("op", "delete")
                .put("collection", "gone")
                .put("id", "a")
                .put("edges", true);
        OffsetToken token =
                stack.client().send(List.of(delete)).and(stack.client().sendTombstone("gone", "c"));
        assertThat(scan("gone", token).column("s", "id").toString()).isEqualTo("[\"b\"]");
        TestStack.await().untilAsserted(() -> {
            Answer left = stack.ask(
                    "{\"steps\": [{\"id\": \"s\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {\"start\":"
                            + " {\"ids\": [\"a\", \"b\", \"c\"], \"entity_type\": \"gone\"}, \"direction\": \"both\"}}]}",
                    token);
            assertThat(left.column("s", "vertex").toString()).isEqualTo("[\"c\", \"b\"]");
        });
    }
}
