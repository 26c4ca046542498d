package io.millrace.benchmarks.load;

import io.millrace.benchmarks.measure.Report;
import io.millrace.local.StackSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the stack under measurement is laid out, as options of every command that starts one. */
public final class StackOptions {
    @Option(names = "--parallelism", description = "Of the job (default: ${DEFAULT-VALUE}).", defaultValue = "2")
    private int parallelism;

    @Option(names = "--shards", description = "Of the state (default: ${DEFAULT-VALUE}).", defaultValue = "4")
    private int shards;

    @Option(
            names = "--data-dir",
            description = "An empty folder for Kafka's logs and all state; it is deleted in the end (default: a new one"
                    + " below the system's folder for such).")
    private @Nullable Path dataDir;

    @Option(names = "-D", paramLabel = "key=value", description = "A setting of Millrace or of Flink.")
    private Map<String, String> options = Map.of();

    public int parallelism() {
        return parallelism;
    }

    public int shards() {
        return shards;
    }

    public @Nullable Path dataDir() {
        return dataDir;
    }

    /** Without another word a restore owns its savepoint: else its first checkpoint would upload all state again. */
    StackSettings settings(Path folder) {
        Map<String, String> all = new HashMap<>(options);
        all.putIfAbsent("execution.state-recovery.claim-mode", "CLAIM");
        return new StackSettings(folder, 0, shards, parallelism, all);
    }

    public void describe(Report report) {
        report.machine(options).setting("parallelism", parallelism).setting("shards", shards);
    }
}
