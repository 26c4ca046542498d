package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.local.EmbeddedKafka;
import io.millrace.protocol.OffsetToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar on a cluster of real processes: submitted, fed, questioned, killed, stopped and restored. */
class StandaloneClusterITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int THINGS = 5_000;
    private static final int REQUESTS = 200;
    private static final int IN_FLIGHT = 16;

    private static final String COUNT = """
            {"steps": [{"id": "a", "store": "document", "op": "scan", "params": {"collection": "things"}},
                       {"id": "s", "store": "compute", "op": "aggregate", "params": {"input": "a", "group_by": [],
                        "metrics": [{"agg": "count"}, {"field": "n", "agg": "sum"}]}}]}
            """;
    private static final String STEPS = """
            {"steps": [{"id": "a", "store": "vector", "op": "search", "params": {"index": "things_v",
                        "query_vector": [1, 2, 3], "top_k": 20}},
                       {"id": "b", "store": "graph", "op": "traverse", "params": {"start": {"ref": "a", "field": "id",
                        "entity_type": "things"}, "edge_types": ["LIKES"], "direction": "both", "depth": 2}},
                       {"id": "s", "store": "compute", "op": "aggregate", "params": {"input": "b",
                        "group_by": "depth", "metrics": [{"agg": "count"}]}}]}
            """;

    private static Stream<JsonNode> things(int from, int to) {
        return IntStream.range(from, to).boxed().flatMap(i -> {
            ObjectNode fields = JSON.createObjectNode().put("n", i);
            fields.putArray("v").add(i % 17).add(i % 5).add(i % 7);
            ObjectNode upsert = JSON.createObjectNode()
                    .put("op", "upsert")
                    .put("collection", "things")
                    .put("id", "k" + i)
                    .set("fields", fields);
            ObjectNode edge = JSON.createObjectNode()
                    .put("op", "upsert_edge")
                    .put("type", "LIKES")
                    .put("from", "k" + i)
                    .put("to", "k" + (i * 31 + 7) % THINGS);
            return Stream.of(upsert, edge);
        });
    }

    private static Answer ask(MillraceClient client, RequestBuilder request) {
        Answer answer = client.ask(request.timeout(Cluster.PATIENCE));
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo("ok");
        return answer;
    }

    private static void assertAllApplied(MillraceClient client, OffsetToken token, int count) {
        Answer answer = ask(client, RequestBuilder.plan(COUNT).minOffsets(token));
        assertThat(answer.column("s", "count").get(0).asInt()).isEqualTo(count);
        assertThat(answer.column("s", "sum_n").get(0).asLong()).isEqualTo((long) count * (count - 1) / 2);
    }

    @Test
    void jobSurvivesTheKillOfATaskManagerAndIsRestoredAtOtherParallelisms(@TempDir Path folder) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                Cluster cluster = Cluster.start("tm1", "tm2", "spare")) {
            String job = cluster.run(2, kafka.bootstrapServers());
            OffsetToken token;
            try (MillraceClient client = MillraceClient.connect(kafka.bootstrapServers())) {
                for (String statement : List.of(
                        "CREATE COLLECTION things (id STRING PRIMARY KEY, n INT, v VECTOR(3))",
                        "CREATE EDGE TYPE LIKES FROM things TO things",
                        "CREATE VECTOR INDEX things_v ON things(v) USING FLAT WITH (metric = 'cosine')")) {
                    ask(client, RequestBuilder.statement(statement));
                }
                assertAllApplied(client, client.send(things(0, 1_000)), 1_000);
                token = killWhileBusy(cluster, client);
                assertAllApplied(client, token, THINGS);
            }
            String savepoint = cluster.stop(job);
            String before = null;
            for (int parallelism : new int[] {1, 3, 2}) {
                job = cluster.run(parallelism, kafka.bootstrapServers(), "-s", savepoint);
                try (MillraceClient client = MillraceClient.connect(kafka.bootstrapServers())) {
                    assertAllApplied(client, token, THINGS);
                    String results = ask(client, RequestBuilder.plan(STEPS))
                            .json()
                            .path("results")
                            .toString();
                    assertThat(results).isEqualTo(before == null ? results : before);
                    before = results;
                }
                savepoint = cluster.stop(job);
            }
            assertThat(Files.exists(Path.of(java.net.URI.create(savepoint)))).isTrue();
        }
    }

    /** Events and requests go on while a process is killed, paced by acknowledgements and answers alone. */
    private static OffsetToken killWhileBusy(Cluster cluster, MillraceClient client) throws Exception {
        OffsetToken token = OffsetToken.NONE;
        List<CompletableFuture<Answer>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            if (i == 60) {
                cluster.kill("tm2");
                cluster.startTaskManager("tm3");
            }
            if (i >= IN_FLIGHT) {
                requests.get(i - IN_FLIGHT).join();
            }
            int from = 1_000 + i * (THINGS - 1_000) / REQUESTS;
            token = token.and(client.send(things(from, 1_000 + (i + 1) * (THINGS - 1_000) / REQUESTS)));
            requests.add(client.request(RequestBuilder.plan(STEPS)
                    .id("busy-" + i)
                    .timeout(Cluster.PATIENCE)
                    .build()));
        }
        for (CompletableFuture<Answer> request : requests) {
            Answer answer = request.join();
            assertThat(answer.status()).as("%s", answer.json()).isEqualTo("ok");
        }
        return token;
    }
}
