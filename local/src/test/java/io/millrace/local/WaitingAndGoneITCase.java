package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Edges that leave the database, and rows that have not reached an index. */
class WaitingAndGoneITCase {
    private static TestStack stack;

    @BeforeAll
    static void start() {
        stack = TestStack.start();
        stack.run("CREATE COLLECTION people (id STRING PRIMARY KEY, v VECTOR(2))");
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static JsonNode met(String from, String to, String at) {
        return TestStack.json("{\"op\": \"upsert_edge\", \"type\": \"MET\", \"from\": \"" + from + "\", \"to\": \"" + to
                + "\", \"fields\": {\"at\": \"" + at + "\"}}");
    }

    private static Set<String> neighbours(String vertex, String direction, OffsetToken token) {
        Answer answer = stack.ask(
                "{\"steps\": [{\"id\": \"t\", \"store\": \"graph\", \"op\": \"traverse\", \"params\": {\"start\": {\"ids\":"
                        + " [\"" + vertex + "\"], \"entity_type\": \"people\"}, \"edge_types\": [\"MET\"],"
                        + " \"direction\": \"" + direction + "\"}}]}",
                token);
        return answer.column("t", "vertex").stream().map(JsonNode::asText).collect(Collectors.toSet());
    }

    @Test
    void edgesPastTheRetentionAreGoneFromBothEnds() {
        stack.run(
                "CREATE EDGE TYPE MET FROM people TO people (at TIMESTAMP) WITH (time_field = 'at', retention = '2h')");
        List<JsonNode> events = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            events.add(met("a", "old" + i, "2026-01-01T10:00:00Z"));
        }
        OffsetToken first = stack.client().send(events);
        assertThat(neighbours("a", "outgoing", first)).hasSize(200);
        events.clear();
        for (int i = 0; i < 40; i++) {
            events.add(met("new" + i, "old" + i, "2026-01-01T13:00:00Z"));
        }
        OffsetToken second = stack.client().send(events);

        assertThat(neighbours("a", "outgoing", second)).isEmpty();
        assertThat(neighbours("old7", "incoming", second)).containsExactly("new7");
        assertThat(neighbours("old77", "incoming", second)).isEmpty();
    }

    @Test
    void tokenBehindAFrozenIndexIsStale() {
        stack.run("CREATE VECTOR INDEX people_v ON people(v) USING HNSW WITH (metric = 'l2', mode = 'REBUILD_ONLY')");
        TestStack.await()
                .until(() -> stack.run("SHOW VECTOR INDEX STATUS people_v").column("result", "state").stream()
                        .noneMatch(state -> state.asText().equals("BUILDING")));
        OffsetToken token = stack.client()
                .send(
                        List.of(
                                TestStack.json(
                                        "{\"op\": \"upsert\", \"collection\": \"people\", \"id\": \"a\", \"fields\": {\"v\": [1, 2]}}")));

        Answer stale = stack.client().ask(search(token).timeout(Duration.ofMillis(1_500)));
        stack.run("BUILD VECTOR INDEX people_v");
        Answer built = stack.ask(search(token));

        assertThat(stale.json().at("/errors/0/code").asText()).isEqualTo("STALE");
        assertThat(stale.json().at("/errors/0/detail").asText()).contains("REBUILD_ONLY");
        assertThat(built.rows("s").toString()).isEqualTo("[[\"a\",0.0]]");
    }

    private static RequestBuilder search(OffsetToken token) {
        return RequestBuilder.plan("{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\":"
                        + " {\"index\": \"people_v\", \"query_vector\": [1, 2]}}]}")
                .minOffsets(token);
    }
}
