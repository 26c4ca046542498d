package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.local.support.SharedData;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** 10,000 lines of a web server's log: scans and aggregates against the published counts. */
class ApacheLogsITCase {
    private static TestStack stack;
    private static OffsetToken token;
    private static JsonNode truth;

    @BeforeAll
    static void ingest() throws IOException {
        truth = TestStack.JSON.readTree(
                SharedData.file("events_apache_logs/gt.json").toFile());
        var lines = Files.readAllLines(SharedData.file("events_apache_logs/events.jsonl"));
        stack = TestStack.start();
        stack.run("CREATE COLLECTION requests (seq INT PRIMARY KEY, user STRING, ts TIMESTAMP, hour TIMESTAMP,"
                + " method STRING, path STRING, status INT, bytes INT, referrer STRING, agent STRING)"
                + " WITH (time_field = 'ts')");
        token = stack.client().send(lines.stream().map(ApacheLogsITCase::event));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    private static ObjectNode event(String line) {
        try {
            ObjectNode fields = (ObjectNode) TestStack.JSON.readTree(line);
            Instant at = Instant.ofEpochMilli(fields.path("ts").longValue());
            fields.put("hour", at.truncatedTo(ChronoUnit.HOURS).toEpochMilli());
            return TestStack.upsert("requests", fields.path("seq").longValue(), fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer aggregate(String scan, String groupBy, String metrics) {
        return stack.ask(
                "{\"steps\": [{\"id\": \"rows\", \"store\": \"document\", \"op\": \"scan\", \"params\": {"
                        + "\"collection\": \"requests\"" + scan + "}},"
                        + "{\"id\": \"s\", \"store\": \"compute\", \"op\": \"aggregate\", \"params\": {"
                        + "\"input\": \"rows\", \"group_by\": " + groupBy + ", \"metrics\": [" + metrics + "]}}]}",
                token);
    }

    private static Map<String, String> pairs(Answer answer, String key, String value) {
        Map<String, String> pairs = new TreeMap<>();
        var keys = answer.column("s", key);
        var values = answer.column("s", value);
        for (int i = 0; i < keys.size(); i++) {
            pairs.put(keys.get(i).asText(), values.get(i).asText());
        }
        return pairs;
    }

    @Test
    void countsAndBytesPerStatusEqualTheFile() {
        Answer answer = aggregate("", "\"status\"", "{\"agg\": \"count\"}, {\"field\": \"bytes\", \"agg\": \"sum\"}");
        Map<String, String> counts = new TreeMap<>();
        Map<String, String> bytes = new TreeMap<>();
        truth.path("by_status_count_bytes").properties().forEach(entry -> {
            counts.put(entry.getKey(), entry.getValue().get(0).asText());
            bytes.put(entry.getKey(), entry.getValue().get(1).asText());
        });
        assertThat(pairs(answer, "status", "count")).isEqualTo(counts);
        assertThat(pairs(answer, "status", "sum_bytes")).isEqualTo(bytes);
    }

    @Test
    void countsPerMethodEqualTheFile() {
        Map<String, String> expected = new TreeMap<>();
        truth.path("by_method")
                .properties()
                .forEach(e -> expected.put(e.getKey(), e.getValue().asText()));
        assertThat(pairs(aggregate("", "[\"method\"]", "{\"agg\": \"count\"}"), "method", "count"))
                .isEqualTo(expected);
    }

    @Test
    void countsPerHourEqualTheFile() {
        Map<String, String> expected = new TreeMap<>();
        truth.path("per_utc_hour")
                .properties()
                .forEach(e -> expected.put(
                        Instant.ofEpochMilli(Long.parseLong(e.getKey()))
                                .toString()
                                .replace("Z", ".000Z"),
                        e.getValue().asText()));
        assertThat(pairs(aggregate("", "\"hour\"", "{\"agg\": \"count\"}"), "hour", "count"))
                .isEqualTo(expected);
    }

    @Test
    void totalsWithoutGroupsEqualTheFile() {
        Answer answer = aggregate(
                "",
                "[]",
                "{\"agg\": \"count\"}, {\"field\": \"user\", \"agg\": \"count_distinct\"},"
                        + "{\"field\": \"bytes\", \"agg\": \"max\"}");
        assertThat(answer.column("s", "count").get(0).asInt()).isEqualTo(10_000);
        assertThat(answer.column("s", "count_distinct_user").get(0).asInt())
                .isEqualTo(truth.path("distinct_ips").asInt());
        assertThat(answer.column("s", "max_bytes").get(0).asLong())
                .isEqualTo(truth.path("bytes_max").asLong());
    }

    @Test
    void scanOfATimeRangeGivesTheRowsOfThatHourOnly() {
        Map.Entry<String, JsonNode> hour =
                truth.path("per_utc_hour").properties().iterator().next();
        long from = Long.parseLong(hour.getKey());
        Answer answer = aggregate(
                ", \"time_range\": {\"from\": " + from + ", \"to\": " + (from + 3_599_999) + "}",
                "[]",
                "{\"agg\": \"count\"}");
        assertThat(answer.column("s", "count").get(0)).isEqualTo(hour.getValue());
    }

    private static Answer twoSteps(String scan, String operation, String params) {
        return stack.ask(
                "{\"steps\": [{\"id\": \"rows\", \"store\": \"document\", \"op\": \"scan\", \"params\": {"
                        + "\"collection\": \"requests\"" + scan + "}},"
                        + "{\"id\": \"s\", \"store\": \"compute\", \"op\": \"" + operation + "\", \"params\": {"
                        + "\"input\": \"rows\", " + params + "}}]}",
                token);
    }

    @Test
    void theTimelineOfHoursEqualsTheFileAndNoRowIsMoved() {
        Answer answer = twoSteps("", "timeline", "\"bucket\": \"1h\"");
        Map<String, String> expected = new TreeMap<>();
        truth.path("per_utc_hour")
                .properties()
                .forEach(hour -> expected.put(
                        Instant.ofEpochMilli(Long.parseLong(hour.getKey()))
                                .toString()
                                .replace("Z", ".000Z"),
                        hour.getValue().asText()));
        Map<String, String> timeline = pairs(answer, "bucket", "count");
        expected.forEach((hour, count) -> assertThat(timeline).containsEntry(hour, count));
        timeline.forEach((hour, count) -> assertThat(count).isEqualTo(expected.getOrDefault(hour, "0")));
        JsonNode scan = answer.json().path("steps").get(0);
        assertThat(scan.path("rows").asLong()).isZero();
        assertThat(scan.path("explain").path("path").asText()).isEqualTo("GROUPS");
        assertThat(scan.path("explain").path("rows_matched").asLong()).isEqualTo(10_000);
    }

    @Test
    void theBusiestUsersEqualTheFile() {
        Answer answer = twoSteps(
                "",
                "aggregate",
                "\"group_by\": \"user\", \"order_by\": [{\"field\": \"count\", \"order\": \"desc\"}], \"limit\": 20");
        List<String> counts = new ArrayList<>();
        truth.path("top20_ips").forEach(pair -> counts.add(pair.get(1).asText()));
        assertThat(answer.column("s", "count").stream().map(JsonNode::asText)).isEqualTo(counts);
        truth.path("top20_ips")
                .forEach(pair -> assertThat(answer.column("s", "user").stream().map(JsonNode::asText))
                        .contains(pair.get(0).asText()));
    }

    @Test
    void theRequestsOfAUserInOrderEqualTheFile() {
        var users = truth.path("ip_timelines").properties();
        assertThat(users).isNotEmpty();
        for (Map.Entry<String, JsonNode> user : users) {
            Answer answer = stack.ask(
                    "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\", \"params\": {"
                            + "\"collection\": \"requests\", \"filter\": {\"user\": \"" + user.getKey() + "\"},"
                            + "\"project\": [\"ts\", \"status\", \"path\"], \"order_by\": [\"ts\", \"seq\"], \"limit\": 50}}]}",
                    token);
            List<String> expected = new ArrayList<>();
            user.getValue()
                    .forEach(each ->
                            expected.add(Instant.ofEpochMilli(each.get(0).asLong()) + " "
                                    + each.get(1).asText() + " " + each.get(2).asText()));
            List<String> rows = new ArrayList<>();
            answer.json()
                    .path("results")
                    .path("s")
                    .path("rows")
                    .forEach(row -> rows.add(Instant.parse(row.get(0).asText()) + " "
                            + row.get(1).asText() + " " + row.get(2).asText()));
            assertThat(rows).as(user.getKey()).isEqualTo(expected);
        }
    }
}
