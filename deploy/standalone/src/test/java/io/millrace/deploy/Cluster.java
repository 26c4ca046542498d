package io.millrace.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real cluster of processes, run by deploy/standalone/cluster.sh as a user would. */
final class Cluster implements AutoCloseable {
    /** How long tests wait for what must come: hosts differ by a factor of ten, and by the minute. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Path ROOT = Path.of(System.getProperty("millrace.root", "../.."));
    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (file:\\S+)");

    private final Path home;
    private final Map<String, String> environment;
    private final int restPort;

    private Cluster(Path home, int restPort, Map<String, String> environment) {
        this.home = home;
        this.restPort = restPort;
        this.environment = environment;
    }

    static Cluster start(String... taskManagers) throws IOException {
        Path home = Files.createTempDirectory("millrace-cluster");
        int rest = freePort();
        Cluster cluster = new Cluster(
                home,
                rest,
                Map.of(
                        "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1", // Ten short-lived processes on few cores.
                        "MILLRACE_HOME", home.toString(),
                        "MILLRACE_REST_PORT", Integer.toString(rest),
                        "MILLRACE_RPC_PORT", Integer.toString(freePort()),
                        "MILLRACE_BLOB_PORT", Integer.toString(freePort())));
        cluster.script("jobmanager");
        for (String name : taskManagers) {
            cluster.script("taskmanager", name);
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> cluster.rest("/overview").contains("\"taskmanagers\":" + taskManagers.length));
        return cluster;
    }

    /** Submits the job jar and returns the job's id when all its tasks run. */
    String run(int parallelism, String bootstrapServers, String... from) {
        List<String> command = new ArrayList<>(List.of("flink", "run", "-d", "-p", Integer.toString(parallelism)));
        command.addAll(List.of(from));
        command.addAll(List.of(jobJar().toString(), "-Dmillrace.kafka.bootstrap-servers=" + bootstrapServers));
        String id = group(JOB_ID, script(command.toArray(String[]::new)));
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> allRunning(id));
        return id;
    }

    /** Stops the job with a savepoint and returns where that is. */
    String stop(String job) {
        return group(
                SAVEPOINT,
                script(
                        "flink",
                        "stop",
                        "--savepointPath",
                        home.resolve("savepoints").toUri().toString(),
                        job));
    }

    void startTaskManager(String name) {
        script("taskmanager", name);
    }

    /** Ends a process as a power cut would. */
    void kill(String name) throws IOException {
        long pid = Long.parseLong(
                Files.readString(home.resolve("pid").resolve(name)).strip());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Files.delete(home.resolve("pid").resolve(name));
    }

    /** Returns the log of a process. */
    String log(String name) throws IOException {
        return Files.readString(home.resolve("log").resolve(name + ".log"), StandardCharsets.UTF_8);
    }

    private boolean allRunning(String job) {
        String overview = rest("/jobs/" + job);
        Matcher total = Pattern.compile("\"RUNNING\":(\\d+)").matcher(overview);
        Matcher vertices = Pattern.compile("\"status\":\"RUNNING\"").matcher(overview);
        return overview.contains("\"state\":\"RUNNING\"")
                && !overview.contains("\"status\":\"CREATED\"")
                && !overview.contains("\"status\":\"SCHEDULED\"")
                && !overview.contains("\"status\":\"DEPLOYING\"")
                && !overview.contains("\"status\":\"INITIALIZING\"")
                && total.find()
                && vertices.find();
    }

    private String rest(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + path))
                    .timeout(PATIENCE)
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private String script(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(
                ROOT.resolve("deploy/standalone/cluster.sh").toAbsolutePath().toString());
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(home, "command", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " failed:\n" + Files.readString(out));
            }
            return Files.readString(out);
        } catch (IOException e) {
            throw new IllegalStateException(command + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    private static String group(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in:\n" + output);
        }
        return matcher.group(1);
    }

    private static Path jobJar() {
        try (Stream<Path> files = Files.list(ROOT.resolve("job/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("millrace-job-.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("job/target has no job jar; run package first"));
        } catch (IOException e) {
            throw new IllegalStateException("job/target cannot be listed", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        script("stop-all");
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
