package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 10,000 real vectors through Kafka against their published neighbours. */
class VectorSearchITCase {
    private static final int K = 100;

    private static final List<String> MODES = List.of("immediate", "batched", "async");
    private static TestStack stack;
    private static float[][] queries;
    private static OffsetToken token;

    @BeforeAll
    static void ingest() {
        float[][] base = SharedData.u8bin(SharedData.file("vec_bigann10k/base.u8bin"));
        queries = SharedData.u8bin(SharedData.file("vec_bigann10k/query.u8bin"));
        stack = TestStack.start();
        stack.run("CREATE COLLECTION images (id INT PRIMARY KEY, parity INT, v VECTOR(128))");
        stack.run("CREATE VECTOR INDEX images_l2 ON images(v) USING FLAT WITH (metric = 'l2')");
        for (String mode : MODES) {
            stack.run("CREATE VECTOR INDEX images_" + mode + " ON images(v) USING HNSW WITH (metric = 'l2', mode = '"
                    + mode + "')");
        }
        token = stack.client().send(IntStream.range(0, base.length).mapToObj(i -> image(i, base[i])));
        stack.run("CREATE VECTOR INDEX images_cos ON images(v) USING FLAT WITH (metric = 'cosine')");
        stack.run("CREATE VECTOR INDEX images_lib ON images(v) USING HNSWLIB WITH (metric = 'l2')");
        stack.run("CREATE VECTOR INDEX images_int8 ON images(v) WITH (metric = 'l2', quantization = 'int8',"
                + " rescore = 'state')");
        search("\"index\": \"images_l2\", \"top_k\": 1", queries[0]); // Answered when all are in all indexes.
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static ObjectNode image(int id, float[] vector) {
        ObjectNode fields = TestStack.JSON.createObjectNode().put("parity", id % 2);
        ArrayNode v = fields.putArray("v");
        for (float component : vector) {
            v.add((int) component);
        }
        return TestStack.upsert("images", id, fields);
    }

    private static Answer search(String params, float[] query) {
        return stack.ask(request(params, query));
    }

    private static RequestBuilder request(String params, float[] query) {
        String plan = "{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\": {"
                + "\"query_vector\": \"$q\", " + params + "}}]}";
        return RequestBuilder.plan(plan).parameter("q", query).minOffsets(token);
    }

    @ParameterizedTest
    @CsvSource({"images_l2, gt_l2.ivecs, gt_l2sq.fvecs, true", "images_cos, gt_cos.ivecs, gt_cos.fvecs, false"})
    void everyQueryFindsExactlyThePublishedNeighbours(String index, String ids, String scores, boolean squared) {
        int[][] neighbours = SharedData.ivecs(SharedData.file("vec_bigann10k/" + ids));
        float[][] values = SharedData.fvecs(SharedData.file("vec_bigann10k/" + scores));
        for (int q = 0; q < queries.length; q++) {
            Answer answer = search("\"index\": \"" + index + "\", \"top_k\": " + K, queries[q]);
            List<Integer> found =
                    answer.column("s", "id").stream().map(id -> id.intValue()).toList();
            assertThat(found)
                    .as("query %d", q)
                    .isEqualTo(IntStream.of(neighbours[q]).limit(K).boxed().toList());
            for (int i = 0; i < K; i++) {
                double expected = squared ? Math.sqrt(values[q][i]) : values[q][i];
                double score = answer.column("s", "score").get(i).doubleValue();
                assertThat(score).as("query %d, row %d", q, i).isCloseTo(expected, within(1e-3));
            }
        }
    }

    @Test
    void innerProductWithoutAnIndexEqualsBruteForce() {
        Answer answer =
                search("\"collection\": \"images\", \"field\": \"v\", \"metric\": \"ip\", \"top_k\": 20", queries[0]);
        float[][] base = SharedData.u8bin(SharedData.file("vec_bigann10k/base.u8bin"));
        List<Integer> expected = IntStream.range(0, base.length)
                .boxed()
                .sorted((a, b) -> {
                    int order = Double.compare(dot(base[b], queries[0]), dot(base[a], queries[0]));
                    return order != 0 ? order : Integer.compare(a, b);
                })
                .limit(20)
                .toList();
        assertThat(answer.column("s", "id").stream().map(id -> id.intValue()).toList())
                .isEqualTo(expected);
    }

    @Test
    void filterLeavesTheBestOfTheRowsThatPass() {
        int[][] neighbours = SharedData.ivecs(SharedData.file("vec_bigann10k/gt_l2.ivecs"));
        Answer answer = search("\"index\": \"images_l2\", \"top_k\": 20, \"filter\": {\"parity\": 1}", queries[3]);
        List<Integer> odd = IntStream.of(neighbours[3])
                .filter(id -> id % 2 == 1)
                .limit(20)
                .boxed()
                .toList();
        assertThat(answer.column("s", "id").stream().map(id -> id.intValue()).toList())
                .isEqualTo(odd);
    }

    @Test
    void whatIsNearARowIsWhatIsNearItsVector() {
        List<Integer> near = ids(stack.ask(row("{\"id\": 77}")));
        List<Integer> others = ids(stack.ask(row("{\"ref\": \"d\", \"exclude_self\": true}")));
        float[] vector = SharedData.u8bin(SharedData.file("vec_bigann10k/base.u8bin"))[77];

        assertThat(near).startsWith(77).isEqualTo(ids(search("\"index\": \"images_l2\", \"top_k\": 20", vector)));
        assertThat(others)
                .hasSize(20)
                .doesNotContain(77)
                .startsWith(near.subList(1, 20).toArray(Integer[]::new));
        Answer none = stack.client().ask(row("{\"id\": 10000}"));
        assertThat(none.json().at("/steps/1/error/code").asText()).isEqualTo("INVALID_REFERENCE");
    }

    private static RequestBuilder row(String query) {
        return RequestBuilder.plan("{\"steps\": [{\"id\": \"d\", \"store\": \"document\", \"op\": \"scan\","
                        + " \"params\": {\"collection\": \"images\", \"filter\": {\"id\": 77}}},"
                        + " {\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\", \"params\":"
                        + " {\"index\": \"images_l2\", \"top_k\": 20, \"query_ref\": " + query + "}}]}")
                .minOffsets(token);
    }

    private static List<Integer> ids(Answer answer) {
        return answer.column("s", "id").stream().map(id -> id.intValue()).toList();
    }

    /** Bounds of recall@10 at the defaults: what was found is exact, so only rows can be missing. */
    @ParameterizedTest
    @CsvSource({
        "images_lib, 0.95",
        "images_immediate, 0.99",
        "images_batched, 0.99",
        "images_async, 0.99",
        "images_int8, 0.99"
    })
    void graphIndexFindsNearlyAll(String index, double recallMin) {
        int[][] neighbours = SharedData.ivecs(SharedData.file("vec_bigann10k/gt_l2.ivecs"));
        awaitReady(index);
        int hits = 0;
        for (int q = 0; q < queries.length; q++) {
            Answer answer = search("\"index\": \"" + index + "\", \"top_k\": 10", queries[q]);
            assertThat(path(answer)).isEqualTo("ANN");
            List<Integer> exact = IntStream.of(neighbours[q]).limit(10).boxed().toList();
            hits += (int) answer.column("s", "id").stream()
                    .filter(id -> exact.contains(id.intValue()))
                    .count();
        }
        assertThat(hits / (10.0 * queries.length)).as("recall@10, ef 100").isGreaterThanOrEqualTo(recallMin);
    }

    @Test
    void analyzeTellsWhatEveryShardDid() {
        awaitReady("images_immediate");
        Answer answer = stack.ask(request("\"index\": \"images_immediate\", \"top_k\": 10", queries[0])
                .explain(ExplainLevel.ANALYZE));
        JsonNode tree = answer.json().at("/explain/tree");
        JsonNode node = tree.at("/children/0/children/0");
        JsonNode searches = node.at("/measured/searches");

        assertThat(node.path("node").asText()).isEqualTo("VectorSearch");
        assertThat(node.path("path").asText()).isEqualTo("ANN");
        assertThat(node.path("window").asInt()).isEqualTo(40);
        assertThat(node.at("/measured/path").asText()).isEqualTo("ANN");
        assertThat(node.at("/measured/engine").asText()).isEqualTo("hnsw");
        assertThat(tree.at("/measured/rows_in").asInt())
                .as("the best ten of the shards of each subtask")
                .isEqualTo(20);
        assertThat(tree.at("/measured/rows_out").asInt()).isEqualTo(10);
        assertThat(tree.at("/children/0/measured/shards_asked").asInt()).isEqualTo(4);
        assertThat(tree.at("/children/0/measured/shards_answered").asInt()).isEqualTo(4);
        assertThat(tree.at("/children/0/measured/each_shard").findValuesAsText("shard"))
                .containsExactly("0", "1", "2", "3");
        assertThat(searches).hasSize(4);
        for (int shard = 0; shard < 4; shard++) {
            JsonNode search = searches.get(shard);
            assertThat(search.path("shard").asInt()).isEqualTo(shard);
            assertThat(search.path("path").asText()).isEqualTo("ANN");
            assertThat(search.path("engine").asText()).isEqualTo("hnsw");
            assertThat(search.path("filter").asText()).isEqualTo("none");
            assertThat(search.path("ef_search").asInt()).isEqualTo(100);
            assertThat(search.path("window").asInt()).isEqualTo(40);
            assertThat(search.path("nodes_visited").asInt()).isGreaterThanOrEqualTo(100);
            assertThat(search.path("scored").asInt())
                    .as("the traversal tells that the others of the window are out")
                    .isEqualTo(10);
        }
    }

    @Test
    void everyCandidateThatWasMeasuredByCodesIsScored() {
        awaitReady("images_int8");
        Answer answer = stack.ask(
                request("\"index\": \"images_int8\", \"top_k\": 10", queries[0]).explain(ExplainLevel.ANALYZE));
        JsonNode searches = answer.json().at("/explain/tree/children/0/children/0/measured/searches");

        assertThat(searches).hasSize(4);
        assertThat(searches).allSatisfy(search -> {
            assertThat(search.path("window").asInt()).isEqualTo(40);
            assertThat(search.path("scored").asInt()).isEqualTo(40);
        });
    }

    /** An index on a filled collection is built in the background, and searches are exact until it serves. */
    private static void awaitReady(String index) {
        TestStack.await()
                .until(() -> path(search("\"index\": \"" + index + "\", \"top_k\": 1", queries[0]))
                        .equals("ANN"));
    }

    private static String path(Answer answer) {
        return answer.json().path("steps").path(0).path("explain").path("path").asText();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
