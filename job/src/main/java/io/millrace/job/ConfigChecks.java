package io.millrace.job;

import io.millrace.planner.generate.OpenAiPlanGeneratorFactory;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.plan.PlanLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** Finds everything that is wrong with a configuration, so that it can be mended at once. */
final class ConfigChecks {
    /** Flink's own bound. */
    private static final int MAX_PARALLELISM_MAX = 32_768;

    private static final Duration SLICE_MIN = Duration.ofNanos(100_000);
    private static final Duration PAUSE_MIN = Duration.ofMillis(1);
    /** Every vector is compared with four times as many centroids, and a coordinator merges those of all shards. */
    private static final int CLUSTERS_MAX = 64;

    private static final long STATISTICS_INTERVAL_MIN_MS = 100;

    private final Configuration readable;
    private final List<String> wrong = new ArrayList<>();

    private ConfigChecks(Configuration configuration) {
        readable = new Configuration(configuration);
    }

    /** Returns what is wrong, each naming its key; empty if nothing is. */
    static List<String> wrong(Configuration configuration) {
        ConfigChecks checks = new ConfigChecks(configuration);
        checks.values();
        checks.topics();
        checks.numbers();
        checks.embedder();
        checks.planGenerator();
        return checks.wrong;
    }

    /** Takes out what cannot be read, so that the other checks see the default in its place. */
    private void values() {
        for (ConfigOption<?> option : JobArguments.options()) {
            try {
                readable.get(option);
            } catch (RuntimeException e) {
                wrong.add(option.key() + " cannot be read: " + rootMessage(e));
                readable.removeConfig(option);
            }
        }
        if (readable.get(JobOptions.KAFKA_BOOTSTRAP_SERVERS) == null) {
            wrong.add(JobOptions.KAFKA_BOOTSTRAP_SERVERS.key() + " is missing");
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private void topics() {
        Map<String, String> uses = new HashMap<>();
        several(JobOptions.TOPICS_EVENTS, uses);
        readable.get(JobOptions.TOPICS_COMPUTE).forEach(topic -> use(topic, JobOptions.TOPICS_COMPUTE.key(), uses));
        several(JobOptions.TOPICS_REQUESTS, uses);
        for (ConfigOption<String> option : List.of(
                JobOptions.TOPICS_RESPONSES,
                JobOptions.TOPICS_CONTROL,
                JobOptions.TOPICS_STATISTICS,
                JobOptions.TOPICS_DEAD_LETTERS)) {
            use(readable.get(option), option.key(), uses);
        }
        for (String topic : readable.get(JobOptions.REQUESTS_REPLY_TOPICS)) {
            String other = uses.get(topic);
            if (other != null && !other.equals(JobOptions.TOPICS_RESPONSES.key())) {
                wrong.add(JobOptions.REQUESTS_REPLY_TOPICS.key() + " names \"" + topic + "\", which " + other
                        + " has named");
            }
        }
        List<String> debezium = readable.get(JobOptions.EVENTS_DEBEZIUM);
        known(JobOptions.EVENTS_DEBEZIUM, debezium, JobOptions.TOPICS_EVENTS, readable.get(JobOptions.TOPICS_EVENTS));
        for (ConfigOption<Map<String, String>> option :
                List.of(JobOptions.EVENTS_COLLECTIONS, JobOptions.EVENTS_KEY_FIELDS)) {
            known(option, readable.get(option).keySet(), JobOptions.EVENTS_DEBEZIUM, debezium);
        }
    }

    private void several(ConfigOption<List<String>> option, Map<String, String> uses) {
        List<String> topics = readable.get(option);
        if (topics.isEmpty()) {
            wrong.add(option.key() + " must name at least one topic");
        }
        topics.forEach(topic -> use(topic, option.key(), uses));
    }

    private void use(String topic, String key, Map<String, String> uses) {
        String other = uses.putIfAbsent(topic, key);
        if (other != null) {
            wrong.add(key + " names \"" + topic + "\", which " + other + " has named");
        }
    }

    private void known(
            ConfigOption<?> option, Iterable<String> topics, ConfigOption<?> list, List<String> knownTopics) {
        for (String topic : topics) {
            if (!knownTopics.contains(topic)) {
                wrong.add(option.key() + " names \"" + topic + "\", which is not in " + list.key());
            }
        }
    }

    private void numbers() {
        between(JobOptions.MAX_PARALLELISM, MAX_PARALLELISM_MAX);
        between(JobOptions.SHARDS, readable.get(JobOptions.MAX_PARALLELISM));
        between(JobOptions.TOPICS_PARTITIONS, Integer.MAX_VALUE);
        between(JobOptions.REQUESTS_MAX_IN_FLIGHT, Integer.MAX_VALUE);
        between(JobOptions.REQUESTS_MAX_IN_FLIGHT_PER_TENANT, Integer.MAX_VALUE);
        between(JobOptions.VECTOR_EF_SEARCH, SearchOptions.EF_SEARCH_MAX);
        int clusters = readable.get(JobOptions.CLUSTERS_COUNT);
        if (clusters < 0 || clusters > CLUSTERS_MAX) {
            wrong.add(JobOptions.CLUSTERS_COUNT.key() + " must be from 0 to " + CLUSTERS_MAX + ", got " + clusters);
        }
        double alpha = readable.get(JobOptions.VECTOR_PRESELECT_ALPHA);
        if (!(alpha >= 1 && alpha <= SearchOptions.ALPHA_MAX)) {
            wrong.add(JobOptions.VECTOR_PRESELECT_ALPHA.key() + " must be from 1 to " + SearchOptions.ALPHA_MAX
                    + ", got " + alpha);
        }
        long statisticsMs = readable.get(JobOptions.STATISTICS_INTERVAL).toMillis();
        if (statisticsMs != 0 && statisticsMs < STATISTICS_INTERVAL_MIN_MS) {
            wrong.add(JobOptions.STATISTICS_INTERVAL.key() + " must be 0 or at least " + STATISTICS_INTERVAL_MIN_MS
                    + " ms, got " + statisticsMs + " ms");
        }
        double below = readable.get(JobOptions.HYBRID_GRAPH_FIRST_BELOW);
        double above = readable.get(JobOptions.HYBRID_VECTOR_FIRST_ABOVE);
        if (!(below >= 0 && below <= above && above <= 1)) {
            wrong.add(JobOptions.HYBRID_GRAPH_FIRST_BELOW.key() + " and " + JobOptions.HYBRID_VECTOR_FIRST_ABOVE.key()
                    + " must be in this order and from 0 to 1, got " + below + " and " + above);
        }
        int replicas = readable.get(JobOptions.TOPICS_REPLICATION);
        if (replicas != -1 && (replicas < 1 || replicas > Short.MAX_VALUE)) {
            wrong.add(JobOptions.TOPICS_REPLICATION.key() + " must be -1 or from 1 to " + Short.MAX_VALUE + ", got "
                    + replicas);
        }
        for (ConfigOption<MemorySize> option : List.of(
                JobOptions.EVENTS_MAX_BYTES,
                JobOptions.REQUESTS_MAX_BYTES,
                JobOptions.RESPONSE_MAX_BYTES,
                JobOptions.DEAD_LETTER_MAX_BYTES)) {
            bytes(option, Integer.MAX_VALUE);
        }
        bytes(JobOptions.REQUEST_MEMORY, Long.MAX_VALUE);
        bytes(JobOptions.COORDINATOR_MEMORY, Long.MAX_VALUE);
        bytes(JobOptions.VECTOR_MEMORY_MAX, Long.MAX_VALUE);
        atLeast(JobOptions.EVENTS_MARKER_INTERVAL, 1);
        atLeast(JobOptions.EVENTS_BUFFER_TIMEOUT, 0);
        Duration slice = readable.get(JobOptions.FRAGMENT_SLICE);
        if (slice.compareTo(SLICE_MIN) < 0) {
            wrong.add(JobOptions.FRAGMENT_SLICE.key() + " must be at least 100 µs, got " + slice.toNanos() / 1_000
                    + " µs");
        }
        Duration pause = readable.get(JobOptions.FRAGMENT_PAUSE);
        if (!pause.isZero() && pause.compareTo(PAUSE_MIN) < 0) {
            wrong.add(JobOptions.FRAGMENT_PAUSE.key() + " must be 0 or at least 1 ms, got " + pause.toNanos() / 1_000
                    + " µs");
        }
        if (readable.get(JobOptions.PLAN_CACHE_SIZE) < 0) {
            wrong.add(JobOptions.PLAN_CACHE_SIZE.key() + " must be at least 0, got "
                    + readable.get(JobOptions.PLAN_CACHE_SIZE));
        }
        atLeast(JobOptions.PLAN_CACHE_TTL, 0);
        between(JobOptions.SESSIONS_MAX, Integer.MAX_VALUE);
        atLeast(JobOptions.SESSIONS_TTL, 0);
        between(JobOptions.PATTERNS_MAX_HOPS, PlanLimits.HOPS_MAX);
        atLeast(JobOptions.END_OFFSETS_INTERVAL, 1);
    }

    private void embedder() {
        between(JobOptions.EMBEDDER_RETRIES, 0, 10);
        between(JobOptions.EMBEDDER_BATCH, 2_048);
        between(JobOptions.EMBEDDER_THREADS, 64);
        between(JobOptions.EMBEDDER_TEXT_MAX_CHARS, 1 << 20);
        atLeast(JobOptions.EMBEDDER_TIMEOUT, 1);
        if (readable.get(JobOptions.EMBEDDER).isBlank()) {
            wrong.add(JobOptions.EMBEDDER.key() + " must name an embedder, or none");
        }
        url(JobOptions.EMBEDDER_BASE_URL);
    }

    private void planGenerator() {
        between(JobOptions.PLAN_GENERATOR_RETRIES, 0, 10);
        between(JobOptions.PLAN_GENERATOR_THREADS, 64);
        between(JobOptions.PLAN_GENERATOR_MAX_WAITING, 10_000);
        between(JobOptions.PLAN_GENERATOR_MAX_TOKENS, 100_000);
        atLeast(JobOptions.PLAN_GENERATOR_TIMEOUT, 1);
        String generator = readable.get(JobOptions.PLAN_GENERATOR);
        if (generator.isBlank()) {
            wrong.add(JobOptions.PLAN_GENERATOR.key() + " must name a plan generator, or none");
        }
        String model = readable.get(JobOptions.PLAN_GENERATOR_MODEL);
        if (generator.equals(OpenAiPlanGeneratorFactory.NAME) && (model == null || model.isBlank())) {
            wrong.add(JobOptions.PLAN_GENERATOR_MODEL.key() + " is missing, which " + JobOptions.PLAN_GENERATOR.key()
                    + " = openai needs");
        }
        url(JobOptions.PLAN_GENERATOR_BASE_URL);
    }

    private void url(ConfigOption<String> option) {
        String url = readable.get(option);
        if (url != null && !url.matches("https?://[^/].*")) {
            wrong.add(option.key() + " must begin with http:// or https:// and a host, got \"" + url + "\"");
        }
    }

    private void between(ConfigOption<Integer> option, int max) {
        between(option, 1, max);
    }

    private void between(ConfigOption<Integer> option, int min, int max) {
        int value = readable.get(option);
        if (value < min || value > max) {
            wrong.add(option.key() + " must be from " + min + " to " + max + ", got " + value);
        }
    }

    private void bytes(ConfigOption<MemorySize> option, long max) {
        long value = readable.get(option).getBytes();
        if (value < 1 || value > max) {
            wrong.add(option.key() + " must be from 1 to " + max + " bytes, got " + value);
        }
    }

    private void atLeast(ConfigOption<Duration> option, long minMs) {
        Duration value = readable.get(option);
        if (value.toMillis() < minMs) {
            wrong.add(option.key() + " must be at least " + minMs + " ms, got " + value.toMillis() + " ms");
        }
    }
}
