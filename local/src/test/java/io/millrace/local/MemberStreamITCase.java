package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.inference.Embedder;
import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.Embedders;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The plan with one step of every kind, over a stream of members, logins and games, against plain Java. */
class MemberStreamITCase {
    private static final long SEED = 20_261_122;
    private static final int MEMBERS = 30;
    private static final int GROUPS = 3;
    private static final List<String> ERRORS = List.of(
            "connection timeout while loading a slot game on a phone",
            "wrong password",
            "account is locked after too many attempts",
            "payment provider rejected the card",
            "session expired");

    private record Login(String key, String member, boolean success, String platform, String error, Instant at) {}

    private record Member(String group, boolean hasVector) {}

    private static final Map<String, Member> MEMBER_BY_CODE = new TreeMap<>();
    private static final Map<String, Set<String>> OPENED = new HashMap<>();
    private static final List<Login> LOGINS = new ArrayList<>();
    private static final Map<String, float[]> VECTORS = new HashMap<>();
    private static Embedder embedder;
    private static TestStack stack;
    private static OffsetToken token;

    @BeforeAll
    static void start() throws Exception {
        EmbedderSettings settings = EmbedderSettings.of("minilm");
        embedder = Embedders.find(settings, MemberStreamITCase.class.getClassLoader())
                .open(settings);
        for (String error : ERRORS) {
            VECTORS.put(error, embedder.embed(List.of(error)).get(0));
        }
        stack = TestStack.start(
                4, 2, Map.of("millrace.clusters.count", "" + GROUPS, "millrace.requests.memory", "200 kb"));
        stack.run("CREATE COLLECTION Member (memberCode STRING PRIMARY KEY, rGroup STRING, profile VECTOR(4))");
        stack.run("CREATE COLLECTION Game (id STRING PRIMARY KEY, title STRING)");
        stack.run("CREATE COLLECTION activity (key STRING PRIMARY KEY, memberCode STRING, success BOOLEAN,"
                + " platform STRING, error STRING, payload STRING, at TIMESTAMP, v VECTOR(384))"
                + " WITH (time_field = 'at')");
        stack.run("CREATE EVENT TYPE Login ON activity (memberCode STRING, success BOOLEAN, platform STRING,"
                + " error STRING, payload STRING, v VECTOR(384))");
        stack.run("CREATE EDGE TYPE OpenedGame FROM Member TO Game");
        stack.run("CREATE VECTOR INDEX member_profiles ON Member(profile) WITH (metric = 'l2')");
        stack.run("CREATE VECTOR INDEX activity_errors ON activity(v) WITH (metric = 'cosine', embed_from = 'error')");
        token = stack.client().send(events());
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
        if (embedder != null) {
            embedder.close();
        }
    }

    private static List<JsonNode> events() {
        Random random = new Random(SEED);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<JsonNode> events = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            String code = "m" + i;
            Member member = new Member("g" + i % GROUPS, i % 7 > 0);
            MEMBER_BY_CODE.put(code, member);
            ObjectNode fields = TestStack.JSON.createObjectNode().put("rGroup", member.group);
            if (member.hasVector) {
                ArrayNode profile = fields.putArray("profile");
                for (int d = 0; d < 4; d++) {
                    profile.add((d == i % GROUPS ? 100 : 0) + random.nextGaussian());
                }
            }
            events.add(TestStack.upsert("Member", code, fields));
            for (int opened = random.nextInt(4); opened > 0; opened--) {
                String game = "game" + random.nextInt(5);
                OPENED.computeIfAbsent(code, key -> new HashSet<>()).add(game);
                events.add(TestStack.edge("OpenedGame", code, game));
            }
        }
        for (int i = 0; i < 160; i++) {
            Login login = new Login(
                    "l" + i,
                    "m" + random.nextInt(MEMBERS),
                    random.nextInt(4) == 0,
                    random.nextBoolean() ? "web-android" : "ios",
                    ERRORS.get(random.nextInt(ERRORS.size())),
                    now.minus((i % 2 == 0 ? 24 : 24 * 8) + random.nextInt(120), ChronoUnit.HOURS)
                            .minusSeconds(random.nextInt(3_600)));
            LOGINS.add(login);
            ObjectNode fields = TestStack.JSON
                    .createObjectNode()
                    .put("memberCode", login.member)
                    .put("success", login.success)
                    .put("platform", login.platform)
                    .put("error", login.error)
                    .put("payload", "x".repeat(i % 2 == 0 ? 500 : 3_000))
                    .put("at", login.at.toEpochMilli());
            events.add(TestStack.upsert("activity", login.key, fields).put("event_type", "Login"));
        }
        return events;
    }

    private static ObjectNode plan() {
        try (var in = MemberStreamITCase.class.getResourceAsStream("/plans/seven-steps.json")) {
            return (ObjectNode) TestStack.json(
                    new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode params(ObjectNode plan, int step) {
        return (ObjectNode) plan.path("steps").path(step).path("params");
    }

    private static Answer ask(ObjectNode plan) {
        return stack.client()
                .ask(RequestBuilder.plan(plan.toString()).returnAll().minOffsets(token));
    }

    private static List<Login> failed() {
        Instant weekAgo = Instant.now().minus(7, ChronoUnit.DAYS);
        return LOGINS.stream()
                .filter(login -> login.at.isAfter(weekAgo) && !login.success && login.platform.equals("web-android"))
                .sorted(Comparator.comparing(Login::key))
                .toList();
    }

    private static long opened(String member) {
        return OPENED.getOrDefault(member, Set.of()).size();
    }

    private static String iso(Instant at) {
        return at.toString().endsWith("Z") && at.getNano() == 0 ? at.toString().replace("Z", ".000Z") : at.toString();
    }

    private static List<List<String>> texts(Answer answer, String step) {
        List<List<String>> rows = new ArrayList<>();
        answer.json().path("results").path(step).path("rows").forEach(row -> {
            List<String> cells = new ArrayList<>();
            row.forEach(cell -> cells.add(cell.asText()));
            rows.add(cells);
        });
        return rows;
    }

    @Test
    void thePlanOfTheRequirementIsThatOfItsDocument() throws IOException {
        Path requirements = Path.of(System.getProperty("millrace.shared", "../../shared"), "requirements");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.exists(requirements), () -> "skipped: " + requirements + " is not there");
        String document;
        try (var files = Files.list(requirements)) {
            document = Files.readString(
                    files.filter(file -> file.getFileName().toString().startsWith("002"))
                            .findFirst()
                            .orElseThrow());
        }
        var block = java.util.regex.Pattern.compile("```json\\n(\\{\\n  \"id\".*?)```", java.util.regex.Pattern.DOTALL)
                .matcher(document);
        List<JsonNode> steps = new ArrayList<>();
        while (block.find()) {
            steps.add(TestStack.json(block.group(1)));
        }
        assertThat(steps).hasSize(7);
        List<JsonNode> own = new ArrayList<>();
        plan().path("steps").forEach(own::add);
        assertThat(own).isEqualTo(steps);
    }

    @Test
    void everyStepOfThePlanIsAnsweredAsPlainJavaDoes() throws Exception {
        Answer answer = TestStack.good(ask(plan()));
        List<Login> failed = failed();
        assertThat(failed).hasSizeBetween(10, 60);

        assertThat(texts(answer, "s1"))
                .isEqualTo(failed.stream()
                        .map(login -> List.of(login.member, iso(login.at), login.error, login.platform))
                        .toList());
        checkSearch(answer);
        List<String> members = failed.stream().map(Login::member).distinct().toList();
        assertThat(pairs(answer, "s3", "memberCode", "count"))
                .isEqualTo(members.stream().collect(Collectors.toMap(code -> code, code -> "" + opened(code))));
        checkClusters(answer, members);
        Map<String, String> sums = new TreeMap<>();
        Map<String, String> distinct = new TreeMap<>();
        for (String group : List.of("g0", "g1", "g2")) {
            List<String> of = members.stream()
                    .filter(code -> MEMBER_BY_CODE.get(code).group.equals(group))
                    .toList();
            if (!of.isEmpty()) {
                sums.put(
                        group,
                        "" + of.stream().mapToLong(MemberStreamITCase::opened).sum());
                distinct.put(group, "" + of.size());
            }
        }
        assertThat(pairs(answer, "s5", "rGroup", "sum_count")).isEqualTo(sums);
        assertThat(pairs(answer, "s5", "rGroup", "count_distinct_memberCode")).isEqualTo(distinct);
        assertThat(answer.column("s6", "memberCode").stream().map(JsonNode::asText))
                .containsExactlyElementsOf(failed.stream()
                        .map(Login::member)
                        .filter(code -> opened(code) == 0)
                        .toList());
        checkTimeline(answer, failed);
        assertThat(answer.json().path("render")).hasSize(4);
        assertThat(answer.json()
                        .path("render")
                        .path(3)
                        .path("data")
                        .path("columns")
                        .toString())
                .isEqualTo("[\"memberCode\",\"rGroup\",\"error_count\",\"last_game\"]");
        assertThat(answer.json().path("warnings").toString()).contains("error_count", "last_game");
    }

    private static Map<String, String> pairs(Answer answer, String step, String key, String value) {
        Map<String, String> pairs = new TreeMap<>();
        var keys = answer.column(step, key);
        var values = answer.column(step, value);
        for (int i = 0; i < keys.size(); i++) {
            pairs.put(keys.get(i).asText(), values.get(i).asText());
        }
        return pairs;
    }

    /** The model is quantized while it runs: the vector of a text depends a little on those beside it. */
    private static void checkSearch(Answer answer) throws Exception {
        float[] query = embedder.embed(List.of("mobile slot player with high error rate"))
                .get(0);
        Instant weekAgo = Instant.now().minus(7, ChronoUnit.DAYS);
        Map<String, Double> scores = new HashMap<>();
        LOGINS.stream()
                .filter(login -> login.at.isAfter(weekAgo))
                .forEach(login -> scores.put(login.key, cosine(query, VECTORS.get(login.error))));
        List<String> ids =
                answer.column("s2", "id").stream().map(JsonNode::asText).toList();
        List<Double> given =
                answer.column("s2", "score").stream().map(JsonNode::asDouble).toList();
        assertThat(scores.size()).isLessThan(100);
        assertThat(ids).containsExactlyInAnyOrderElementsOf(scores.keySet());
        assertThat(given).isSortedAccordingTo(Comparator.reverseOrder());
        for (int i = 0; i < ids.size(); i++) {
            assertThat(given.get(i)).as(ids.get(i)).isCloseTo(scores.get(ids.get(i)), within(0.03));
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    /** Members of a group are in one cluster, which has as many rows as the group has members with a profile. */
    private static void checkClusters(Answer answer, List<String> members) {
        List<String> withProfile = members.stream()
                .filter(code -> MEMBER_BY_CODE.get(code).hasVector)
                .toList();
        Map<String, String> clusters = pairs(answer, "s4", "memberCode", "cluster");
        assertThat(clusters.keySet()).containsExactlyInAnyOrderElementsOf(withProfile);
        Map<String, Set<String>> byGroup = new LinkedHashMap<>();
        clusters.forEach(
                (code, cluster) -> byGroup.computeIfAbsent(MEMBER_BY_CODE.get(code).group, group -> new HashSet<>())
                        .add(cluster));
        assertThat(byGroup.values()).allMatch(of -> of.size() == 1);
        pairs(answer, "s4", "memberCode", "size")
                .forEach((code, size) -> assertThat(size)
                        .isEqualTo(""
                                + MEMBER_BY_CODE.values().stream()
                                        .filter(member ->
                                                member.hasVector && member.group.equals(MEMBER_BY_CODE.get(code).group))
                                        .count()));
    }

    private static void checkTimeline(Answer answer, List<Login> failed) {
        TreeMap<Instant, Long> days = new TreeMap<>();
        failed.forEach(login -> days.merge(login.at.truncatedTo(ChronoUnit.DAYS), 1L, Long::sum));
        List<List<String>> expected = new ArrayList<>();
        for (Instant day = days.firstKey(); !day.isAfter(days.lastKey()); day = day.plus(1, ChronoUnit.DAYS)) {
            expected.add(List.of(iso(day), "" + days.getOrDefault(day, 0L)));
        }
        assertThat(texts(answer, "s7")).isEqualTo(expected);
    }

    private static Map<String, String> statuses(Answer answer) {
        Map<String, String> statuses = new TreeMap<>();
        answer.json()
                .path("steps")
                .forEach(step -> statuses.put(
                        step.path("id").asText(),
                        step.path("status").asText()
                                + (step.has("skipped_because")
                                        ? " " + step.path("skipped_because").asText()
                                        : "")));
        return statuses;
    }

    @Test
    void aStepThatFailsTakesThoseWithItThatNeedItAndNoOthers() {
        ObjectNode plan = plan();
        ((ArrayNode) params(plan, 0).path("project")).add("payload"); // More than a request may hold.
        params(plan, 0).remove(List.of("filter", "time_range"));
        params(plan, 1).putArray("project").add("id");

        Answer answer = ask(plan);

        assertThat(answer.status()).isEqualTo("partial");
        assertThat(statuses(answer))
                .isEqualTo(Map.of(
                        "s1",
                        "failed",
                        "s2",
                        "ok",
                        "s3",
                        "skipped s1",
                        "s4",
                        "skipped s1",
                        "s5",
                        "skipped s1",
                        "s6",
                        "skipped s1",
                        "s7",
                        "skipped s1"));
        assertThat(answer.json().path("errors").path(0).path("code").asText()).isEqualTo("LIMIT_EXCEEDED");
        assertThat(answer.column("s2", "id")).isNotEmpty();
        assertThat(answer.json().path("render").path(0).path("data").isNull()).isTrue();
    }

    @Test
    void aStepThatRunsOutOfTimeLeavesTheOthersAlone() {
        ObjectNode plan = plan();
        params(plan, 1).put("query_text", "a text that nobody has embedded yet");
        ((ObjectNode) plan.path("steps").path(1)).put("timeout_ms", 1);

        Answer answer = ask(plan);

        assertThat(answer.status()).isEqualTo("partial");
        assertThat(statuses(answer)).containsEntry("s2", "timed_out");
        assertThat(statuses(answer).values().stream().filter("ok"::equals)).hasSize(6);
        assertThat(texts(answer, "s1")).hasSameSizeAs(failed());
    }
}
