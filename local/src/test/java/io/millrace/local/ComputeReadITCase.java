package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is computed of rows, edges and vectors that came over Kafka, against the same computed here from the events. */
class ComputeReadITCase {
    private static final long SEED = 20_261_121;
    private static final int MEMBERS = 400;
    private static final int GROUPS = 3;
    private static final int DIMENSION = 8;
    private static final long START_MS = 1_700_000_000_000L;

    private static final Map<String, Long> AGES = new TreeMap<>();
    private static final Map<String, double[]> VECTORS = new HashMap<>();
    private static final Map<String, Set<String>> PLAYED = new HashMap<>();
    private static final Map<String, Double> SCORES = new HashMap<>();
    private static final Map<String, Long> LOGINS = new TreeMap<>();
    private static long lastLoginMs;
    private static TestStack stack;
    private static OffsetToken token;

    @BeforeAll
    static void start() {
        stack = TestStack.start(
                4,
                2,
                Map.of(
                        "millrace.topics.compute",
                        "computed",
                        "millrace.clusters.count",
                        "" + GROUPS,
                        "millrace.statistics.interval",
                        "100 ms"));
        stack.run("CREATE COLLECTION members (code STRING PRIMARY KEY, age INT, v VECTOR(" + DIMENSION + "))");
        stack.run("CREATE COLLECTION games (id STRING PRIMARY KEY)");
        stack.run("CREATE COLLECTION visits (n INT PRIMARY KEY, at TIMESTAMP) WITH (time_field = 'at')");
        stack.run("CREATE EVENT TYPE Login ON visits (at TIMESTAMP)");
        stack.run("CREATE EVENT TYPE Logout ON visits (at TIMESTAMP)");
        stack.run("CREATE COLLECTION churn (member STRING PRIMARY KEY, score DOUBLE)");
        stack.run("CREATE EDGE TYPE PLAYED FROM members TO games");
        stack.run("CREATE VECTOR INDEX members_v ON members(v) WITH (metric = 'l2')");
        Random random = new Random(SEED);
        OffsetToken events = stack.client().send(events(random));
        ClientSettings own = ClientSettings.of(stack.stack().bootstrapServers());
        try (MillraceClient computing = new MillraceClient(new ClientSettings(
                own.kafka(), "computed", own.requestTopic(), own.responseTopic(), Duration.ofSeconds(10)))) {
            OffsetToken computed = computing.send(scores(random));
            Map<String, Long> both = new HashMap<>(events.nextOffsets());
            both.putAll(computed.nextOffsets());
            token = new OffsetToken(both);
        }
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static List<JsonNode> events(Random random) {
        List<JsonNode> events = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            String code = "m" + i;
            ObjectNode fields = TestStack.JSON.createObjectNode();
            AGES.put(code, (long) random.nextInt(80));
            fields.put("age", AGES.get(code));
            if (i % 10 > 0) {
                double[] vector = new double[DIMENSION];
                ArrayNode array = fields.putArray("v");
                for (int d = 0; d < DIMENSION; d++) {
                    vector[d] = (float) ((d == i % GROUPS ? 50 : 0) + random.nextGaussian());
                    array.add(vector[d]);
                }
                VECTORS.put(code, vector);
            }
            events.add(TestStack.upsert("members", code, fields));
            for (int edge = random.nextInt(6); edge > 0; edge--) {
                String game = "g" + random.nextInt(20);
                PLAYED.computeIfAbsent(code, key -> new HashSet<>()).add(game);
                events.add(TestStack.edge("PLAYED", code, game));
            }
        }
        for (int i = 0; i < 300; i++) {
            long at = START_MS + random.nextInt(1_000_000_000);
            String type = random.nextBoolean() ? "Login" : "Logout";
            LOGINS.merge(type, 1L, Long::sum);
            lastLoginMs = Math.max(lastLoginMs, at);
            ObjectNode fields = TestStack.JSON.createObjectNode().put("at", at);
            events.add(TestStack.upsert("visits", i, fields).put("event_type", type));
        }
        for (int i = 0; i < MEMBERS; i += 7) {
            String code = "m" + i;
            AGES.remove(code);
            VECTORS.remove(code);
            events.add(TestStack.JSON
                    .createObjectNode()
                    .put("op", "delete")
                    .put("collection", "members")
                    .put("id", code));
        }
        return events;
    }

    private static List<JsonNode> scores(Random random) {
        List<JsonNode> events = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i += 2) {
            SCORES.put("m" + i, random.nextInt(1_000) / 1_000.0);
            ObjectNode fields = TestStack.JSON.createObjectNode().put("score", SCORES.get("m" + i));
            events.add(TestStack.upsert("churn", "m" + i, fields));
        }
        return events;
    }

    private static String read(String id, String params) {
        return "{\"id\": \"" + id + "\", \"store\": \"compute\", \"op\": \"read\", \"params\": {" + params + "}}";
    }

    @Test
    void everyTypeAnswersWhatThePlainComputationDoes() {
        String members = "\"filter\": {\"member_set\": {\"ref\": \"old\", \"field\": \"code\"}}";
        Answer answer = stack.ask(RequestBuilder.plan("{\"steps\": ["
                        + String.join(
                                ",",
                                "{\"id\": \"old\", \"store\": \"document\", \"op\": \"scan\", \"params\":"
                                        + " {\"collection\": \"members\", \"filter\": {\"age\": {\"gte\": 40}}}}",
                                read("clusters", "\"type\": \"cluster_info\", " + members),
                                read("degrees", "\"type\": \"degree\", \"collection\": \"members\", " + members),
                                read("stats", "\"type\": \"collection_stats\""),
                                read("status", "\"type\": \"index_status\", \"index\": \"members_v\""),
                                read("scores", "\"type\": \"churn\", \"project\": [\"member\", \"score\"], " + members))
                        + "]}")
                .minOffsets(token)
                .returnAll());
        List<String> old =
                AGES.keySet().stream().filter(code -> AGES.get(code) >= 40).toList();

        assertThat(answer.rows("old")).as("seed %d", SEED).hasSameSizeAs(old);
        checkClusters(answer, old);
        assertThat(answer.rows("degrees").stream().map(JsonNode::toString))
                .containsExactlyElementsOf(old.stream()
                        .sorted()
                        .map(code -> "[\"%s\",\"%s\",\"PLAYED\",%d,0]"
                                .formatted(
                                        code,
                                        code,
                                        PLAYED.getOrDefault(code, Set.of()).size()))
                        .toList());
        assertThat(answer.rows("scores").stream().map(JsonNode::toString))
                .containsExactlyElementsOf(old.stream()
                        .filter(SCORES::containsKey)
                        .sorted()
                        .map(code -> "[\"" + code + "\"," + SCORES.get(code) + "]")
                        .toList());
        checkStatistics(answer);
        List<JsonNode> status = answer.rows("status");
        assertThat(status).hasSize(5);
        assertThat(status.get(4).get(3).asInt())
                .as("indexed rows of all shards")
                .isEqualTo(VECTORS.size());
    }

    private static void checkClusters(Answer answer, List<String> old) {
        assertThat(answer.columns("clusters")).containsExactly("code", "id", "cluster", "distance", "size");
        Map<Integer, Integer> groupOfCluster = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode row : answer.rows("clusters")) {
            String code = row.get(1).asText();
            seen.add(code);
            int group = Integer.parseInt(code.substring(1)) % GROUPS;
            assertThat(groupOfCluster.merge(row.get(2).asInt(), group, (a, b) -> a))
                    .as("group of the cluster of %s, seed %d", code, SEED)
                    .isEqualTo(group);
            List<double[]> all = VECTORS.entrySet().stream()
                    .filter(entry -> Integer.parseInt(entry.getKey().substring(1)) % GROUPS == group)
                    .map(Map.Entry::getValue)
                    .toList();
            assertThat(row.get(4).asInt()).isEqualTo(all.size());
            assertThat(row.get(3).asDouble())
                    .as("to a centroid that deleted rows have moved a little")
                    .isCloseTo(distanceToMean(all, vector(code)), within(0.5));
        }
        assertThat(seen)
                .isEqualTo(
                        new HashSet<>(old.stream().filter(VECTORS::containsKey).toList()));
    }

    private static double[] vector(String code) {
        return java.util.Objects.requireNonNull(VECTORS.get(code), code);
    }

    private static double distanceToMean(List<double[]> all, double[] vector) {
        double sum = 0;
        for (int d = 0; d < DIMENSION; d++) {
            int at = d;
            double mean = all.stream().mapToDouble(each -> each[at]).average().orElseThrow();
            sum += (vector[d] - mean) * (vector[d] - mean);
        }
        return Math.sqrt(sum);
    }

    private static void checkStatistics(Answer answer) {
        assertThat(answer.columns("stats"))
                .containsExactly(
                        "collection",
                        "rows",
                        "event_types",
                        "oldest",
                        "newest",
                        "bytes_estimate",
                        "distinct_estimate",
                        "edges",
                        "as_of");
        Map<String, JsonNode> rows = new TreeMap<>();
        answer.rows("stats").forEach(row -> rows.put(row.get(0).asText(), row));
        assertThat(rows.keySet()).containsExactly("churn", "games", "members", "visits");
        assertThat(rows.get("members").get(1).asInt()).isEqualTo(AGES.size());
        assertThat(rows.get("churn").get(1).asInt()).isEqualTo(SCORES.size());
        assertThat(rows.get("games").get(1).asInt()).isZero();
        assertThat(rows.get("games").get(3).isNull()).isTrue();
        assertThat(rows.get("visits").get(1).asInt()).isEqualTo(300);
        LOGINS.forEach(
                (type, count) -> assertThat(rows.get("visits").get(2).path(type).asLong())
                        .as(type)
                        .isEqualTo(count));
        assertThat(java.time.Instant.parse(rows.get("visits").get(4).asText()).toEpochMilli())
                .isEqualTo(lastLoginMs);
    }

    @Test
    void whatShardsMeasureBecomesKnown() {
        String plan = "{\"steps\": ["
                + read(
                        "s",
                        "\"type\": \"collection_stats\", \"collection\": \"members\", \"project\": [\"rows\","
                                + " \"bytes_estimate\", \"distinct_estimate\", \"edges\", \"as_of\"]")
                + "]}";
        long edges = PLAYED.values().stream().mapToLong(Set::size).sum();
        long ages = AGES.values().stream().distinct().count();
        // A shard looks again when a twentieth of its rows has changed: a few edges may come behind the last look.
        TestStack.await().untilAsserted(() -> {
            JsonNode row = stack.ask(plan, token).rows("s").get(0);
            assertThat(row.get(3).path("PLAYED").path("outgoing").asLong()).isBetween(edges * 9 / 10, edges);
            assertThat(row.get(2).path("age").asLong()).isBetween(ages * 9 / 10, ages * 11 / 10);
            assertThat(row.get(1).asLong()).isGreaterThan(VECTORS.size() * DIMENSION * 3L);
            assertThat(row.get(4).isNull()).isFalse();
        });
    }

    @Test
    void theVerticesWithTheMostEdgesAreThoseOfThePlainCount() {
        List<String> expected = PLAYED.entrySet().stream()
                .sorted(java.util.Comparator.comparingInt((Map.Entry<String, Set<String>> each) ->
                                -each.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .limit(12)
                .map(each ->
                        "[\"%s\",%d]".formatted(each.getKey(), each.getValue().size()))
                .toList();

        Answer answer = stack.ask(
                "{\"steps\": ["
                        + read(
                                "r",
                                "\"type\": \"degree\", \"collection\": \"members\", \"top_k\": 12, \"project\":"
                                        + " [\"id\", \"out_degree\"]")
                        + "]}",
                token);

        assertThat(answer.rows("r").stream().map(JsonNode::toString))
                .as("seed %d", SEED)
                .containsExactlyElementsOf(expected);
    }

    /** The same envelope, the same dead letters. */
    @Test
    void recordsOfAComputeTopicThatDoNotFitAreDeadLetters() {
        ClientSettings own = ClientSettings.of(stack.stack().bootstrapServers());
        try (MillraceClient computing = new MillraceClient(new ClientSettings(
                own.kafka(), "computed", own.requestTopic(), own.responseTopic(), Duration.ofSeconds(10)))) {
            OffsetToken bad = computing.send(List.of(TestStack.upsert(
                    "churn", "bad", TestStack.JSON.createObjectNode().put("score", "high"))));
            Answer answer = stack.ask(
                    "{\"steps\": [" + read("r", "\"type\": \"churn\", \"filter\": {\"member\": \"bad\"}") + "]}", bad);

            assertThat(answer.rows("r")).isEmpty();
        }
        assertThat(stack.readTopic("millrace.dead-letters"))
                .anySatisfy(letter -> assertThat(new String(letter.value(), java.nio.charset.StandardCharsets.UTF_8))
                        .contains("\"bad\""));
    }
}
