package io.millrace.local.cli;

import io.millrace.local.EmbeddedStack;
import io.millrace.local.StackSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the embedded stack until it is interrupted. */
@Command(
        name = "up",
        description = {
            "Runs Kafka and Flink with Millrace in this process, for any Kafka client.",
            "Prints one line READY with the broker and the topics. Ctrl-C takes a savepoint; started again on the same"
                    + " --data-dir it goes on from there, and after a crash from the last checkpoint and the Kafka log."
        },
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--kafka-port", description = "Where Kafka listens (default: any free port).", defaultValue = "0")
    private int kafkaPort;

    @Option(
            names = "--data-dir",
            description = "Holds Kafka's logs, checkpoints and savepoints (default: ${DEFAULT-VALUE}).",
            defaultValue = ".millrace/data")
    private Path dataDir;

    @Option(
            names = "--shards",
            description = "Shards of the state, fixed at the first start (default: ${DEFAULT-VALUE}).",
            defaultValue = "4")
    private int shards;

    @Option(
            names = "--parallelism",
            description = "Parallel subtasks; may change between starts (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int parallelism;

    @Option(names = "-D", description = "A setting of docs/configuration.md or of Flink, as key=value.")
    private Map<String, String> options = Map.of();

    @Override
    public Integer call() throws InterruptedException {
        EmbeddedStack stack = EmbeddedStack.start(
                new StackSettings(dataDir.toAbsolutePath().normalize(), kafkaPort, shards, parallelism, options));
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack), "millrace-stop"));
        spec.commandLine().getOut().println(stack.readyLine());
        spec.commandLine().getOut().flush();
        never.await();
        return 0;
    }

    private void stop(EmbeddedStack stack) {
        var err = spec.commandLine().getErr();
        try {
            err.println("stopping with a savepoint …");
            err.println("savepoint " + stack.stopJob());
        } catch (RuntimeException e) {
            err.println("no savepoint: " + e.getMessage() + "; the next start goes on from the last checkpoint");
        }
        stack.close();
        err.flush();
    }
}
