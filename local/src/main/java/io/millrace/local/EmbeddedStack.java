package io.millrace.local;

import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import io.millrace.job.JobConfig;
import io.millrace.job.JobOptions;
import io.millrace.job.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;

/**
 * Kafka and Flink with the job in this JVM, over one data folder. Started again on the same folder it goes on from the
 * newest savepoint or checkpoint, and from the Kafka log behind it.
 */
public final class EmbeddedStack implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration SAVEPOINT_TIMEOUT = Duration.ofMinutes(10);

    private final EmbeddedKafka kafka;
    private final JobConfig config;
    private final SavedState saved;
    private EmbeddedFlink flink;

    private EmbeddedStack(EmbeddedKafka kafka, JobConfig config, SavedState saved, EmbeddedFlink flink) {
        this.kafka = kafka;
        this.config = config;
        this.saved = saved;
        this.flink = flink;
    }

    /** Starts both and returns when the job runs. */
    public static EmbeddedStack start(StackSettings settings) {
        SavedState saved = new SavedState(settings.dataDir());
        Optional<Path> state = saved.newest();
        EmbeddedKafka kafka = EmbeddedKafka.start(settings.dataDir().resolve("kafka"), settings.kafkaPort());
        try {
            JobConfig config = new JobConfig(configuration(settings, kafka, saved));
            Topics.create(config);
            EmbeddedFlink flink = EmbeddedFlink.start(config, settings.parallelism(), state.orElse(null));
            EmbeddedStack stack = new EmbeddedStack(kafka, config, saved, flink);
            flink.awaitRunning(START_TIMEOUT);
            return stack;
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    public JobConfig config() {
        return config;
    }

    public EmbeddedFlink flink() {
        return flink;
    }

    /** Returns a new client of this stack. */
    public MillraceClient connect() {
        return new MillraceClient(ClientSettings.of(bootstrapServers()));
    }

    /** Returns the line that tells a user, or a script, that the stack is ready and where. */
    public String readyLine() {
        Configuration c = config.configuration();
        return "READY bootstrap=" + bootstrapServers()
                + " events=" + String.join(",", c.get(JobOptions.TOPICS_EVENTS))
                + " requests=" + String.join(",", config.requestTopics())
                + " responses=" + c.get(JobOptions.TOPICS_RESPONSES)
                + " control=" + c.get(JobOptions.TOPICS_CONTROL)
                + " dead-letters=" + c.get(JobOptions.TOPICS_DEAD_LETTERS);
    }

    /** Stops the job with a savepoint, from which the next start goes on; Kafka stays. Returns the savepoint's folder. */
    public Path stopJob() {
        Path savepoint = flink.stopWithSavepoint(saved.savepoints(), SAVEPOINT_TIMEOUT);
        flink.close();
        return savepoint;
    }

    /** Starts the job, after {@link #stopJob}, from a savepoint at another parallelism. */
    public void startJob(Path savepoint, int parallelism) {
        flink = EmbeddedFlink.start(config, parallelism, savepoint);
        flink.awaitRunning(START_TIMEOUT);
    }

    /** Stops both without a savepoint. */
    @Override
    public void close() {
        try {
            flink.close();
        } finally {
            kafka.close();
        }
    }

    private static Configuration configuration(StackSettings settings, EmbeddedKafka kafka, SavedState saved) {
        Configuration c = new Configuration();
        c.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
        c.set(JobOptions.SHARDS, settings.shards());
        c.set(JobOptions.EMBEDDER, "minilm"); // Loaded by the first text.
        c.setString("execution.checkpointing.dir", saved.checkpoints().toUri().toString());
        c.setString(
                "execution.checkpointing.savepoint-dir",
                saved.savepoints().toUri().toString());
        c.setString("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        c.setString("execution.checkpointing.storage", "filesystem");
        c.setString("io.tmp.dirs", settings.dataDir().resolve("tmp").toString());
        c.setString("restart-strategy.type", "fixed-delay");
        c.setString("restart-strategy.fixed-delay.attempts", "1000");
        c.setString("restart-strategy.fixed-delay.delay", "500 ms");
        c.setString("rest.bind-port", "0");
        c.setString("taskmanager.memory.managed.size", "512 mb");
        c.setString("taskmanager.memory.network.min", "64 mb");
        c.setString("taskmanager.memory.network.max", "64 mb");
        c.setString("taskmanager.network.memory.buffer-debloat.enabled", "true");
        c.setString("taskmanager.network.memory.buffer-debloat.target", "50 ms");
        settings.options().forEach(c::setString);
        return c;
    }
}
