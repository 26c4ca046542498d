package io.millrace.local;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the embedded stack is laid out.
 *
 * @param dataDir holds the broker's logs, checkpoints and savepoints
 * @param kafkaPort 0 for any that is free
 * @param options further configuration of the job and of Flink, by key
 */
public record StackSettings(Path dataDir, int kafkaPort, int shards, int parallelism, Map<String, String> options) {
    public StackSettings {
        options = Map.copyOf(options);
        if (shards < 1 || parallelism < 1) {
            throw new IllegalArgumentException(
                    "shards and parallelism must be at least 1, got " + shards + " and " + parallelism);
        }
    }
}
