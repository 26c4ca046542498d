package io.millrace.local.cli;

import io.millrace.client.MillraceClient;
import io.millrace.local.EmbeddedStack;
import io.millrace.local.StackSettings;
import io.millrace.local.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what Millrace does, on a real sample. */
@Command(
        name = "demo",
        description =
                "Starts Kafka and Flink with Millrace in this process, ingests 2,708 papers with their citations and"
                        + " word vectors, asks the main kinds of request and shows the answers.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--keep", description = "Goes on serving when the demonstration is over, until Ctrl-C.")
    private boolean keep;

    @Option(names = "--kafka-port", description = "Where Kafka listens (default: any free port).", defaultValue = "0")
    private int kafkaPort;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path folder = Files.createTempDirectory("millrace-demo");
        long start = System.nanoTime();
        out.println("Starting Kafka and Flink …");
        out.flush();
        try (EmbeddedStack stack = EmbeddedStack.start(new StackSettings(folder, kafkaPort, 4, 2, Map.of()))) {
            out.printf("  running after %.1f s%n", (System.nanoTime() - start) / 1e9);
            boolean good;
            try (MillraceClient client = stack.connect()) {
                good = new Demo(client, out, AnswerTable::render).run();
            }
            out.printf("Done in %.1f s.%n", (System.nanoTime() - start) / 1e9);
            out.flush();
            if (keep) {
                out.println(stack.readyLine());
                out.flush();
                new CountDownLatch(1).await();
            }
            return good ? 0 : 1;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's data in " + folder + " cannot be removed", e);
        }
    }
}
