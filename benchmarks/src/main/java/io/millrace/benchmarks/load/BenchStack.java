package io.millrace.benchmarks.load;

import io.millrace.client.Answer;
import io.millrace.client.MillraceClient;
import io.millrace.local.EmbeddedStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** The embedded stack under measurement with a client, over a folder that is deleted in the end. */
public final class BenchStack implements AutoCloseable {
    /** Names the file that the log of Kafka and Flink goes to; see log4j2.properties of the module local. */
    private static final String LOG = "millrace.log";

    private final Path folder;
    private final EmbeddedStack stack;
    private final MillraceClient client;

    private BenchStack(Path folder, EmbeddedStack stack) {
        this.folder = folder;
        this.stack = stack;
        client = stack.connect();
    }

    public static BenchStack start(StackOptions options) {
        try {
            Path given = options.dataDir();
            Path folder = given == null
                    ? Files.createTempDirectory("millrace-bench")
                    : Files.createDirectories(given.toAbsolutePath().normalize());
            if (System.getProperty(LOG) == null) {
                System.setProperty(LOG, folder.resolve("log").toString());
            }
            return new BenchStack(folder, EmbeddedStack.start(options.settings(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException("a folder for the stack cannot be made", e);
        }
    }

    public EmbeddedStack stack() {
        return stack;
    }

    public MillraceClient client() {
        return client;
    }

    /** Returns a folder for a peer's own state, on the same disk. */
    public Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    public Path log() {
        return Path.of(System.getProperty(LOG));
    }

    public Admin admin() {
        return Admin.create(java.util.Map.of("bootstrap.servers", stack.bootstrapServers()));
    }

    /** Runs a statement that must succeed. */
    public void run(String statement) {
        check(client.statement(statement));
    }

    /** Returns the answer if it is whole. */
    public static Answer check(Answer answer) {
        if (!answer.status().equals("ok")) {
            throw new IllegalStateException("a request failed: " + answer.json());
        }
        return answer;
    }

    @Override
    public void close() {
        client.close();
        stack.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException("data in " + folder + " cannot be removed", e);
        }
    }
}
