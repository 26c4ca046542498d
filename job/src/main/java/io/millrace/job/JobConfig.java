package io.millrace.job;

import io.millrace.inference.EmbedderSettings;
import io.millrace.operators.ingest.IngestSettings;
import io.millrace.operators.kafka.ControlLog;
import io.millrace.operators.kafka.PolledEndOffsets;
import io.millrace.operators.query.CatalogSource;
import io.millrace.operators.query.EndOffsets;
import io.millrace.operators.query.QuerySettings;
import io.millrace.operators.query.SessionLimits;
import io.millrace.operators.query.SliceSettings;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.protocol.mutation.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** Reads the settings of the operators out of a configuration, and checks them all at once. */
public final class JobConfig {
    private final Configuration configuration;

    /** @throws IllegalArgumentException naming every key that is missing or has a value that cannot be */
    public JobConfig(Configuration configuration) {
        this.configuration = new Configuration(configuration);
        List<String> wrong = ConfigChecks.wrong(configuration);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("configuration cannot be used: " + String.join("; ", wrong));
        }
    }

    public Configuration configuration() {
        return configuration;
    }

    public int shards() {
        return configuration.get(JobOptions.SHARDS);
    }

    public int maxParallelism() {
        return configuration.get(JobOptions.MAX_PARALLELISM);
    }

    /** Returns the topics that are read as events: those of events, and behind them those of computed rows. */
    public List<String> eventTopics() {
        List<String> topics = new ArrayList<>(configuration.get(JobOptions.TOPICS_EVENTS));
        topics.addAll(configuration.get(JobOptions.TOPICS_COMPUTE));
        return topics;
    }

    public List<String> requestTopics() {
        return configuration.get(JobOptions.TOPICS_REQUESTS);
    }

    /** Returns the settings that every Kafka client gets. */
    public Properties kafka() {
        Properties properties = new Properties();
        properties.putAll(configuration.get(JobOptions.KAFKA_PROPERTIES));
        properties.put("bootstrap.servers", configuration.get(JobOptions.KAFKA_BOOTSTRAP_SERVERS));
        return properties;
    }

    public IngestSettings ingest() {
        return new IngestSettings(
                eventSources(),
                shards(),
                bytes(JobOptions.EVENTS_MAX_BYTES),
                configuration.get(JobOptions.EVENTS_MARKER_INTERVAL).toMillis(),
                configuration.get(JobOptions.TOPICS_DEAD_LETTERS),
                bytes(JobOptions.DEAD_LETTER_MAX_BYTES));
    }

    public QuerySettings query() {
        return new QuerySettings(
                configuration.get(JobOptions.TOPICS_CONTROL),
                configuration.get(JobOptions.TOPICS_RESPONSES),
                configuration.get(JobOptions.TOPICS_DEAD_LETTERS),
                eventTopics(),
                configuration.get(JobOptions.REQUESTS_REPLY_TOPICS),
                shards(),
                maxParallelism(),
                bytes(JobOptions.REQUESTS_MAX_BYTES),
                bytes(JobOptions.RESPONSE_MAX_BYTES),
                bytes(JobOptions.DEAD_LETTER_MAX_BYTES),
                configuration.get(JobOptions.REQUESTS_MAX_IN_FLIGHT),
                configuration.get(JobOptions.REQUESTS_MAX_IN_FLIGHT_PER_TENANT),
                configuration.get(JobOptions.VECTOR_EF_SEARCH),
                configuration.get(JobOptions.VECTOR_PRESELECT_ALPHA),
                configuration.get(JobOptions.REQUEST_MEMORY).getBytes(),
                configuration.get(JobOptions.COORDINATOR_MEMORY).getBytes(),
                new SliceSettings(
                        configuration.get(JobOptions.FRAGMENT_SLICE).toNanos(),
                        configuration.get(JobOptions.FRAGMENT_PAUSE).toMillis()),
                configuration.get(JobOptions.VECTOR_MEMORY_MAX).getBytes(),
                configuration.get(JobOptions.PLAN_CACHE_SIZE),
                configuration.get(JobOptions.PLAN_CACHE_TTL).toMillis(),
                new SessionLimits(
                        configuration.get(JobOptions.SESSIONS_MAX),
                        configuration.get(JobOptions.SESSIONS_TTL).toMillis()),
                configuration.get(JobOptions.PATTERNS_MAX_HOPS),
                embedder(),
                configuration.get(JobOptions.CLUSTERS_COUNT),
                planGenerator(),
                configuration.get(JobOptions.TOPICS_STATISTICS),
                configuration.get(JobOptions.STATISTICS_INTERVAL).toMillis(),
                new HybridSettings(
                        configuration.get(JobOptions.HYBRID_GRAPH_FIRST_BELOW),
                        configuration.get(JobOptions.HYBRID_VECTOR_FIRST_ABOVE)));
    }

    private PlanGeneratorSettings planGenerator() {
        return new PlanGeneratorSettings(
                configuration.get(JobOptions.PLAN_GENERATOR),
                configuration.get(JobOptions.PLAN_GENERATOR_BASE_URL),
                configuration.get(JobOptions.PLAN_GENERATOR_MODEL),
                configuration.get(JobOptions.PLAN_GENERATOR_API_KEY_ENV),
                configuration.get(JobOptions.PLAN_GENERATOR_TIMEOUT).toMillis(),
                configuration.get(JobOptions.PLAN_GENERATOR_RETRIES),
                configuration.get(JobOptions.PLAN_GENERATOR_THREADS),
                configuration.get(JobOptions.PLAN_GENERATOR_MAX_WAITING),
                configuration.get(JobOptions.PLAN_GENERATOR_MAX_TOKENS));
    }

    private EmbedderSettings embedder() {
        return new EmbedderSettings(
                configuration.get(JobOptions.EMBEDDER),
                configuration.get(JobOptions.EMBEDDER_BASE_URL),
                configuration.get(JobOptions.EMBEDDER_MODEL),
                configuration.get(JobOptions.EMBEDDER_API_KEY_ENV),
                configuration.get(JobOptions.EMBEDDER_TIMEOUT).toMillis(),
                configuration.get(JobOptions.EMBEDDER_RETRIES),
                configuration.get(JobOptions.EMBEDDER_BATCH),
                configuration.get(JobOptions.EMBEDDER_THREADS),
                configuration.get(JobOptions.EMBEDDER_TEXT_MAX_CHARS));
    }

    public CatalogSource catalogSource() {
        return new ControlLog(kafka(), configuration.get(JobOptions.TOPICS_CONTROL));
    }

    public EndOffsets.Factory endOffsets() {
        return new PolledEndOffsets.Factory(
                kafka(),
                eventTopics(),
                configuration.get(JobOptions.END_OFFSETS_INTERVAL).toMillis());
    }

    private List<EventSource> eventSources() {
        List<String> debezium = configuration.get(JobOptions.EVENTS_DEBEZIUM);
        Map<String, String> collections = configuration.get(JobOptions.EVENTS_COLLECTIONS);
        Map<String, String> keys = configuration.get(JobOptions.EVENTS_KEY_FIELDS);
        return eventTopics().stream()
                .map(topic -> debezium.contains(topic)
                        ? new EventSource(
                                topic, EventSource.Format.DEBEZIUM, collections.get(topic), columns(keys.get(topic)))
                        : EventSource.json(topic))
                .toList();
    }

    private static List<String> columns(@Nullable String columns) {
        return columns == null ? List.of() : List.of(columns.split("\\+"));
    }

    private int bytes(ConfigOption<MemorySize> option) {
        return Math.toIntExact(configuration.get(option).getBytes());
    }
}
