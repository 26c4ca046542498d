package io.millrace.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes of their own, as a user runs them. */
class CommandLineITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COUNT =
            "{\"steps\": [{\"id\": \"a\", \"store\": \"document\", \"op\": \"scan\", \"params\": {\"collection\": \"things\"}},"
                    + "{\"id\": \"s\", \"store\": \"compute\", \"op\": \"aggregate\", \"params\": {\"input\": \"a\","
                    + " \"group_by\": [], \"metrics\": [{\"agg\": \"count\"}]}}]}";

    /** Short as most run, they would spend more on the second compiler than it gives back. */
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    @TempDir
    private Path folder;

    /** What a command printed, and how it ended. */
    private record Ended(int code, String out, String err) {}

    private static ProcessBuilder command(String... arguments) {
        List<String> flags = new ArrayList<>(List.of("--add-modules=jdk.incubator.vector"));
        if (!arguments[0].equals("demo")) {
            flags.add(FIRST_COMPILER);
        }
        return command(flags, arguments);
    }

    private static ProcessBuilder command(List<String> flags, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED"));
        line.addAll(flags);
        line.addAll(List.of("-Xmx1500m", "-cp", System.getProperty("java.class.path"), Millrace.class.getName()));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line);
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        File out = Files.createTempFile(folder, "out", "").toFile();
        File err = Files.createTempFile(folder, "err", "").toFile();
        Process process =
                command(arguments).redirectOutput(out).redirectError(err).start();
        assertThat(process.waitFor(TestStack.PATIENCE.toMinutes(), TimeUnit.MINUTES))
                .as("%s ends", List.of(arguments))
                .isTrue();
        return new Ended(process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    /** Starts the stack and returns its process; {@link #bootstrap} tells where it listens. */
    private Process up(Path data) throws IOException {
        return command("up", "--data-dir", data.toString(), "--shards", "2", "--parallelism", "1")
                .redirectError(Files.createTempFile(folder, "up", ".err").toFile())
                .start();
    }

    private static String bootstrap(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line)
                .matches("READY bootstrap=\\S+:\\d+ events=millrace.events requests=millrace.requests"
                        + " responses=millrace.responses control=millrace.control dead-letters=millrace.dead-letters");
        return line.replaceAll("READY bootstrap=(\\S+) .*", "$1");
    }

    @Test
    void stackGoesOnFromItsSavepointAndAfterAKillFromItsLastCheckpoint() throws Exception {
        Path data = folder.resolve("data");
        Path events = folder.resolve("events.ndjson");
        Path plan = Files.writeString(folder.resolve("count.json"), COUNT);

        Process first = up(data);
        String broker = bootstrap(first);
        Ended created = run(
                "request",
                "--bootstrap",
                broker,
                "--statement",
                "CREATE COLLECTION things (id INT PRIMARY KEY, n INT)");
        assertThat(created.code()).as(created.err()).isZero();
        String token = ingest(broker, events, 0, 100);
        assertThat(count(broker, plan, token)).isEqualTo(100);
        first.destroy(); // SIGTERM, as Ctrl-C: takes a savepoint
        assertThat(first.waitFor(TestStack.PATIENCE.toMinutes(), TimeUnit.MINUTES))
                .isTrue();
        assertThat(data.resolve("savepoints")).isNotEmptyDirectory();

        Process second = up(data);
        broker = bootstrap(second);
        assertThat(count(broker, plan, token)).isEqualTo(100);
        token = ingest(broker, events, 100, 250);
        assertThat(count(broker, plan, token)).isEqualTo(250);
        second.destroyForcibly().waitFor(); // kill -9

        Process third = up(data);
        broker = bootstrap(third);
        assertThat(count(broker, plan, token)).isEqualTo(250);
        thingsThatAreWrong(broker);
        third.destroy();
        assertThat(third.waitFor(TestStack.PATIENCE.toMinutes(), TimeUnit.MINUTES))
                .isTrue();
    }

    private String ingest(String broker, Path file, int from, int to) throws IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"op\": \"upsert\", \"collection\": \"things\", \"id\": ")
                    .append(i)
                    .append(", \"fields\": {\"n\": ")
                    .append(i)
                    .append("}}\n");
        }
        Files.writeString(file, lines);
        Ended ended = run("ingest", "--bootstrap", broker, file.toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out().strip();
    }

    private int count(String broker, Path plan, String token) throws IOException, InterruptedException {
        Ended ended = run("request", "--bootstrap", broker, "--plan", plan.toString(), "--min-offsets", token);
        assertThat(ended.code()).as(ended.out() + ended.err()).isZero();
        JsonNode answer = JSON.readTree(ended.out());
        return answer.path("results").path("s").path("rows").path(0).path(0).asInt();
    }

    private void thingsThatAreWrong(String broker) throws IOException, InterruptedException {
        Ended refused = run("request", "--bootstrap", broker, "--statement", "SHOW NOTHING", "--output", "table");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).contains("ERROR   INVALID_STATEMENT");

        Path requests = Files.writeString(
                folder.resolve("requests.ndjson"),
                "{\"request_id\": \"one\", \"statement\": \"SHOW COLLECTIONS\"}\n\n"
                        + "{\"request_id\": \"two\", \"statement\": \"DESCRIBE nowhere\"}\n"
                        + "{\"request_id\": \"three\", \"statement\": \"DESCRIBE things\"}\n");
        Ended many = run("request", "--bootstrap", broker, "--file", requests.toString());
        assertThat(many.code()).isEqualTo(1);
        List<String> ids = new ArrayList<>();
        for (String line : many.out().split("\n")) {
            ids.add(JSON.readTree(line).path("request_id").asText());
        }
        assertThat(ids).containsExactly("one", "two", "three");

        assertThat(run("request", "--bootstrap", broker).code()).isEqualTo(2);
        assertThat(run("request", "--bootstrap", broker, "--plan", "nowhere.json")
                        .err())
                .contains("there is no file nowhere.json");
    }

    @Test
    void jvmWithoutTheVectorModuleScoresAllTheSameAndSaysOnceWhichFlagIsMissing() throws Exception {
        for (boolean flagged : new boolean[] {false, true}) {
            Path log = folder.resolve("flagged-" + flagged + ".log");
            List<String> flags = new ArrayList<>(List.of("-Dmillrace.log=" + log, FIRST_COMPILER));
            if (flagged) {
                flags.add("--add-modules=jdk.incubator.vector");
            }
            Process up = command(
                            flags,
                            "up",
                            "--data-dir",
                            folder.resolve("data-" + flagged).toString(),
                            "--shards",
                            "2",
                            "--parallelism",
                            "2")
                    .redirectError(Files.createTempFile(folder, "up", ".err").toFile())
                    .start();
            try (MillraceClient client = MillraceClient.connect(bootstrap(up))) {
                assertThat(nearest(client)).containsExactly("a", "b");
            }
            up.destroy();
            assertThat(up.waitFor(TestStack.PATIENCE.toMinutes(), TimeUnit.MINUTES))
                    .isTrue();
            List<String> warnings = Files.readAllLines(log).stream()
                    .filter(line -> line.contains("SIMD"))
                    .toList();
            if (flagged) {
                assertThat(warnings).isEmpty();
            } else {
                assertThat(warnings)
                        .singleElement()
                        .asString()
                        .contains(" WARN ")
                        .endsWith("start the JVM with --add-modules=jdk.incubator.vector");
            }
        }
    }

    private static List<String> nearest(MillraceClient client) {
        client.statement("CREATE COLLECTION things (id STRING PRIMARY KEY, v VECTOR(2))");
        client.statement("CREATE VECTOR INDEX things_v ON things(v) USING FLAT WITH (metric = 'l2')");
        OffsetToken token = client.send(List.of(vector("a", 1, 0), vector("b", 1, 1), vector("c", -1, 0)));
        return client
                .ask(RequestBuilder.plan("{\"steps\": [{\"id\": \"s\", \"store\": \"vector\", \"op\": \"search\","
                                + " \"params\": {\"index\": \"things_v\", \"query_vector\": [1, 0.1], \"top_k\": 2}}]}")
                        .minOffsets(token))
                .column("s", "id")
                .stream()
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode vector(String id, double x, double y) {
        ObjectNode event = JSON.createObjectNode()
                .put("op", "upsert")
                .put("collection", "things")
                .put("id", id);
        event.putObject("fields").putArray("v").add(x).add(y);
        return event;
    }

    @Test
    void everyCommandHasHelp() throws IOException, InterruptedException {
        for (String command : List.of("demo", "up", "ingest", "request")) {
            Ended help = run(command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Usage: millrace " + command);
        }
    }

    @Test
    void demoShowsEveryKindOfRequestAndSucceeds() throws IOException, InterruptedException {
        Ended demo = run("demo");
        assertThat(demo.code()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out())
                .contains("document.scan", "vector.search", "graph.traverse", "three steps")
                .contains("1862", "Neural Networks", "lag")
                .doesNotContain("ERROR");
    }
}
