package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;

/** What the job remembers over savepoints, other parallelisms and failures. */
class RestoreITCase {
    private static final long SEED = 77;
    private static final int THINGS = 2_000;
    /** Requests that are under way at once; answers and Kafka's acknowledgements are all that paces the load. */
    private static final int IN_FLIGHT = 16;

    private static final List<String> PLANS = List.of("""
            {"steps": [{"id": "s", "store": "document", "op": "scan", "params": {"collection": "things",
                        "filter": {"n": {"lt": 900}}, "order_by": [{"field": "x", "order": "desc"}], "limit": 500}}]}
            """, """
            {"steps": [{"id": "s", "store": "vector", "op": "search", "params": {"index": "things_flat",
                        "query_vector": [0.5, -0.25, 0.125, 1], "top_k": 100}}]}
            """, """
            {"steps": [{"id": "s", "store": "vector", "op": "search", "params": {"index": "things_lib",
                        "query_vector": [0.5, -0.25, 0.125, 1], "top_k": 20}}]}
            """, """
            {"steps": [{"id": "s", "store": "vector", "op": "search", "params": {"index": "things_hnsw",
                        "query_vector": [0.5, -0.25, 0.125, 1], "top_k": 20}}]}
            """, """
            {"steps": [{"id": "s", "store": "graph", "op": "traverse", "params": {
                        "start": {"ids": ["t1", "t2", "t3"], "entity_type": "things"}, "edge_types": ["LIKES", "LATER"],
                        "direction": "both", "depth": 3}}]}
            """, """
            {"steps": [{"id": "a", "store": "document", "op": "scan", "params": {"collection": "things"}},
                       {"id": "b", "store": "graph", "op": "traverse", "params": {
                        "start": {"ref": "a", "field": "id", "entity_type": "things"}, "edge_types": ["LIKES"],
                        "aggregate": "count"}},
                       {"id": "s", "store": "compute", "op": "filter", "params": {"input": "a", "join": "b",
                        "join_key": "id", "condition": "b.count == 0"}}]}
            """);

    private static void fill(TestStack stack) {
        stack.run("CREATE COLLECTION things (id STRING PRIMARY KEY, n INT, x DOUBLE, at TIMESTAMP, v VECTOR(4))"
                + " WITH (time_field = 'at')");
        stack.run("CREATE EDGE TYPE LIKES FROM things TO things (since INT)");
        stack.run("CREATE EDGE TYPE LATER FROM things TO things WITH (mode = 'ASYNC')");
        stack.run("CREATE VECTOR INDEX things_flat ON things(v) USING FLAT WITH (metric = 'cosine')");
        stack.run("CREATE VECTOR INDEX things_lib ON things(v) USING HNSWLIB WITH (metric = 'l2')");
        stack.run("CREATE VECTOR INDEX things_hnsw ON things(v) USING HNSW WITH (metric = 'l2')");
    }

    private static List<ObjectNode> events(int from, int to, Random random) {
        List<ObjectNode> events = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ObjectNode fields = TestStack.JSON
                    .createObjectNode()
                    .put("n", i)
                    .put("x", random.nextDouble())
                    .put("at", 1_700_000_000_000L + i * 60_000L);
            ArrayNode v = fields.putArray("v");
            for (int c = 0; c < 4; c++) {
                v.add(random.nextGaussian());
            }
            events.add(TestStack.upsert("things", "t" + i, fields));
            if (i % 2 == 0) {
                events.add(TestStack.edge("LIKES", "t" + i, "t" + random.nextInt(THINGS)));
                events.add(TestStack.edge("LATER", "t" + i, "t" + random.nextInt(THINGS)));
            }
        }
        return events;
    }

    /** The rows of every plan as text: what must not change by a byte. */
    private static List<String> answers(TestStack stack, OffsetToken token) {
        return PLANS.stream()
                .map(plan -> stack.ask(plan, token).json().path("results").toString())
                .toList();
    }

    @Test
    void answersAreEqualToTheByteAtParallelism2And1And3() {
        System.out.println("seed " + SEED);
        try (TestStack stack = TestStack.start(4, 2, Map.of())) {
            fill(stack);
            OffsetToken token = stack.client().send(events(0, THINGS, new Random(SEED)));
            List<String> before = answers(stack, token);
            for (int parallelism : new int[] {1, 3, 2}) {
                Path savepoint = stack.stack().stopJob();
                stack.stack().startJob(savepoint, parallelism);
                assertThat(answers(stack, token))
                        .as("parallelism %d", parallelism)
                        .isEqualTo(before);
            }
            OffsetToken more = stack.client().send(events(THINGS, THINGS + 100, new Random(SEED + 1)));
            assertThat(stack.ask(PLANS.get(PLANS.size() - 1), token.and(more))
                            .json()
                            .path("status")
                            .asText())
                    .isEqualTo("ok");
        }
    }

    @Test
    void requestsPendingAtTheSavepointAreAnsweredAfterTheRestore() {
        try (TestStack stack = TestStack.start(4, 2, Map.of())) {
            fill(stack);
            OffsetToken token = stack.client().send(events(0, 100, new Random(SEED)));
            Map.Entry<String, Long> partition =
                    token.nextOffsets().entrySet().iterator().next();
            OffsetToken ahead = new OffsetToken(Map.of(partition.getKey(), partition.getValue() + 1));
            List<CompletableFuture<Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                waiting.add(stack.client()
                        .request(RequestBuilder.plan(PLANS.get(i % PLANS.size()))
                                .id("pending-" + i)
                                .minOffsets(ahead)
                                .timeout(TestStack.PATIENCE)
                                .build()));
            }
            assertThat(stack.ask(RequestBuilder.statement("SHOW COLLECTIONS")).rows("result"))
                    .hasSize(1);
            Path savepoint = stack.stack().stopJob();
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            stack.stack().startJob(savepoint, 1);
            stack.client().send(events(100, 200, new Random(SEED)));
            for (CompletableFuture<Answer> request : waiting) {
                Answer answer = request.join();
                assertThat(answer.status()).as("%s", answer.json()).isEqualTo("ok");
                assertThat(answer.json().path("attempt").asInt()).isGreaterThan(1);
            }
        }
    }

    @Test
    void everyEventIsAppliedOnceAndEveryRequestAnsweredAfterTheTasksWereKilled() throws Exception {
        try (TestStack stack = TestStack.start(4, 2, Map.of("execution.checkpointing.interval", "1 s"))) {
            stack.run("CREATE COLLECTION things (id STRING PRIMARY KEY, n INT)");
            stack.run("CREATE EDGE TYPE LIKES FROM things TO things");
            List<JsonNode> events = weights(40_000).toList();
            OffsetToken fed = OffsetToken.NONE;
            List<CompletableFuture<Answer>> requests = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                if (i == 50 || i == 100) {
                    stack.stack().flink().failOver();
                }
                if (i >= IN_FLIGHT) {
                    requests.get(i - IN_FLIGHT).join();
                }
                if (i < 100) {
                    fed = fed.and(stack.client().send(events.subList(i * 400, (i + 1) * 400)));
                }
                requests.add(stack.client()
                        .request(RequestBuilder.plan(PLANS.get(PLANS.size() - 1))
                                .timeout(TestStack.PATIENCE)
                                .build()));
            }
            OffsetToken token = fed;
            for (CompletableFuture<Answer> request : requests) {
                assertThat(request.join().status()).isIn("ok", "partial");
            }
            TestStack.await().untilAsserted(() -> {
                Answer counted = stack.ask(
                        "{\"steps\": [{\"id\": \"a\", \"store\": \"document\", \"op\": \"scan\", \"params\":"
                                + " {\"collection\": \"things\"}}, {\"id\": \"s\", \"store\": \"compute\", \"op\":"
                                + " \"aggregate\", \"params\": {\"input\": \"a\", \"group_by\": [], \"metrics\":"
                                + " [{\"agg\": \"count\"}, {\"field\": \"n\", \"agg\": \"sum\"}]}}]}",
                        token);
                assertThat(counted.column("s", "count").get(0).asInt()).isEqualTo(20_000);
                assertThat(counted.column("s", "sum_n").get(0).asLong()).isEqualTo(20_000L * 19_999 / 2);
            });
            assertThat(stack.stack().flink().restarts()).isEqualTo(2);
        }
    }

    private static java.util.stream.Stream<JsonNode> weights(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i % 2 == 0
                        ? TestStack.upsert(
                                "things",
                                "k" + i / 2,
                                TestStack.JSON.createObjectNode().put("n", i / 2))
                        : TestStack.edge("LIKES", "k" + i % 100, "k" + i % 77));
    }

    @Test
    void startWithAnotherShardCountIsRefusedWithWhatToDo() {
        Map<String, String> options = new HashMap<>();
        try (TestStack stack = TestStack.start(4, 2, options)) {
            stack.run("CREATE COLLECTION things (id STRING PRIMARY KEY, n INT)");
            stack.client()
                    .send(List.of(TestStack.upsert(
                            "things", "a", TestStack.JSON.createObjectNode().put("n", 1))));
            Path savepoint = stack.stack().stopJob();
            org.apache.flink.configuration.Configuration other = new org.apache.flink.configuration.Configuration(
                    stack.stack().config().configuration());
            other.set(io.millrace.job.JobOptions.SHARDS, 8);
            other.setString("restart-strategy.type", "none");
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> {
                        try (EmbeddedFlink flink =
                                EmbeddedFlink.start(new io.millrace.job.JobConfig(other), 2, savepoint)) {
                            TestStack.await().until(() -> flink.status() == JobStatus.FAILED);
                            flink.awaitRunning(Duration.ZERO);
                        }
                    }))
                    .hasMessageContaining("the state has 4 shards")
                    .hasMessageContaining("replay the events into a new job");
            stack.stack().startJob(savepoint, 2);
        }
    }
}
