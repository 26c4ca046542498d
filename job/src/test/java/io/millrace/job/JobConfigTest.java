package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.EmbedderSettings;
import io.millrace.operators.kafka.ControlLog;
import io.millrace.operators.kafka.PolledEndOffsets;
import io.millrace.operators.query.QuerySettings;
import io.millrace.operators.query.SessionLimits;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.mutation.EventSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobConfigTest {
    private static JobConfig config(String... keysAndValues) {
        Map<String, String> all = new HashMap<>(Map.of("millrace.kafka.bootstrap-servers", "a:1"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new JobConfig(Configuration.fromMap(all));
    }

    @Test
    void bootstrapServersAreAllThatIsNeeded() {
        JobConfig config = config();

        assertThat(config.shards()).isEqualTo(4);
        assertThat(config.kafka()).isEqualTo(Map.of("bootstrap.servers", "a:1"));
        assertThat(config.ingest().sources()).containsExactly(EventSource.json("millrace.events"));
        assertThat(config.query().replyTopics()).isEmpty();
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        Configuration wrong = Configuration.fromMap(Map.of(
                "millrace.shards", "129",
                "millrace.max-parallelism", "many",
                "millrace.fragments.slice", "0 ms",
                "millrace.fragments.pause", "500 micros",
                "millrace.response.max-bytes", "3 gb",
                "millrace.delivery", "sometimes",
                "millrace.events.debezium", "orders",
                "millrace.topics.control", "millrace.events"));

        assertThatThrownBy(() -> new JobConfig(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("millrace.kafka.bootstrap-servers is missing")
                .hasMessageContaining("millrace.shards must be from 1 to 128, got 129")
                .hasMessageContaining("millrace.max-parallelism cannot be read")
                .hasMessageContaining("millrace.fragments.slice must be at least 100 µs, got 0 µs")
                .hasMessageContaining("millrace.fragments.pause must be 0 or at least 1 ms, got 500 µs")
                .hasMessageContaining("millrace.response.max-bytes must be from 1 to 2147483647 bytes, got 3221225472")
                .hasMessageContaining("millrace.delivery cannot be read")
                .hasMessageContaining(
                        "millrace.events.debezium names \"orders\", which is not in millrace.topics.events")
                .hasMessageContaining(
                        "millrace.topics.control names \"millrace.events\", which millrace.topics.events has named");
    }

    @Test
    void sessionsAndPatternsHaveTheBoundsThatAreConfigured() {
        assertThat(config().query().sessions()).isEqualTo(new SessionLimits(10_000, 3_600_000));
        assertThat(config().query().hopsMax()).isEqualTo(10);

        QuerySettings query = config(
                        "millrace.sessions.max",
                        "7",
                        "millrace.sessions.ttl",
                        "2 min",
                        "millrace.patterns.max-hops",
                        "32")
                .query();

        assertThat(query.sessions()).isEqualTo(new SessionLimits(7, 120_000));
        assertThat(query.hopsMax()).isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource({
        "millrace.shards, 0",
        "millrace.shards, -1",
        "millrace.max-parallelism, 32769",
        "millrace.topics.partitions, 0",
        "millrace.topics.replication, 0",
        "millrace.requests.max-in-flight, 0",
        "millrace.requests.max-in-flight-per-tenant, 0",
        "millrace.requests.memory, 0",
        "millrace.requests.coordinator-memory, 0",
        "millrace.events.marker-interval, 0 ms",
        "millrace.freshness.end-offsets-interval, 0 ms",
        "millrace.events.collections, orders:o",
        "millrace.events.key-fields, orders:id",
        "millrace.events.max-bytes, 4 gb",
        "millrace.vector.ef-search, 0",
        "millrace.vector.ef-search, 10001",
        "millrace.vector.preselect-alpha, 0.5",
        "millrace.vector.preselect-alpha, 101",
        "millrace.vector.preselect-alpha, NaN",
        "millrace.embedder.retries, -1",
        "millrace.embedder.batch, 0",
        "millrace.embedder.threads, 65",
        "millrace.embedder.text-max-chars, 0",
        "millrace.embedder.timeout, 0 ms",
        "millrace.embedder.base-url, ftp://model",
        "millrace.embedder.base-url, http:///v1",
        "millrace.plan-generator, ''",
        "millrace.plan-generator.retries, 11",
        "millrace.plan-generator.threads, 0",
        "millrace.plan-generator.max-waiting, 0",
        "millrace.plan-generator.max-tokens, 0",
        "millrace.plan-generator.timeout, 0 ms",
        "millrace.plan-generator.base-url, chat.example",
        "millrace.sessions.max, 0",
        "millrace.sessions.ttl, -1 ms",
        "millrace.patterns.max-hops, 0",
        "millrace.patterns.max-hops, 33",
        "millrace.topics.requests, millrace.responses",
        "millrace.topics.compute, millrace.events",
        "millrace.clusters.count, -1",
        "millrace.clusters.count, 65",
        "millrace.requests.reply-topics, millrace.control",
    })
    void valueThatCannotBeIsRefusedByItsKey(String key, String value) {
        String named = value.equals("millrace.responses") ? "millrace.topics.responses" : key;

        assertThatThrownBy(() -> config(key, value)).hasMessageContaining(named + " ");
    }

    @Test
    void defaultsOfSearchesReachThePlanner() {
        var query = config("millrace.vector.ef-search", "250", "millrace.vector.preselect-alpha", "2.5")
                .query();

        assertThat(query.efSearch()).isEqualTo(250);
        assertThat(query.preselectAlpha()).isEqualTo(2.5);
        assertThat(config().query().efSearch()).isEqualTo(VectorIndexDefinition.EF_SEARCH_DEFAULT);
        assertThat(config().query().preselectAlpha()).isEqualTo(VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT);
    }

    @Test
    void embedderIsAsItIsConfiguredAndNoneOtherwise() {
        var query = config(
                        "millrace.embedder", "openai",
                        "millrace.embedder.base-url", "http://model:8080/v1",
                        "millrace.embedder.model", "small",
                        "millrace.embedder.api-key-env", "MODEL_KEY",
                        "millrace.embedder.timeout", "2 s",
                        "millrace.embedder.retries", "0",
                        "millrace.embedder.batch", "8",
                        "millrace.embedder.threads", "4",
                        "millrace.embedder.text-max-chars", "100")
                .query();

        assertThat(query.embedder())
                .isEqualTo(new EmbedderSettings(
                        "openai", "http://model:8080/v1", "small", "MODEL_KEY", 2_000, 0, 8, 4, 100));
        assertThat(config().query().embedder()).isEqualTo(EmbedderSettings.NONE);
    }

    @Test
    void planGeneratorIsAsItIsConfiguredAndNoneOtherwise() {
        var query = config(
                        "millrace.plan-generator", "openai",
                        "millrace.plan-generator.base-url", "http://model:8080/v1",
                        "millrace.plan-generator.model", "large",
                        "millrace.plan-generator.api-key-env", "MODEL_KEY",
                        "millrace.plan-generator.timeout", "20 s",
                        "millrace.plan-generator.retries", "0",
                        "millrace.plan-generator.threads", "8",
                        "millrace.plan-generator.max-waiting", "50",
                        "millrace.plan-generator.max-tokens", "1000")
                .query();

        assertThat(query.planGenerator())
                .isEqualTo(new PlanGeneratorSettings(
                        "openai", "http://model:8080/v1", "large", "MODEL_KEY", 20_000, 0, 8, 50, 1_000));
        assertThat(config().query().planGenerator()).isEqualTo(PlanGeneratorSettings.NONE);
    }

    @Test
    void planGeneratorOfOpenaiNeedsAModel() {
        assertThatThrownBy(() -> config("millrace.plan-generator", "openai"))
                .hasMessageContaining("millrace.plan-generator.model is missing");
        assertThatThrownBy(() -> config("millrace.plan-generator", "openai", "millrace.plan-generator.model", " "))
                .hasMessageContaining("millrace.plan-generator.model is missing");
    }

    @Test
    void zeroBufferTimeoutIsAllowed() {
        assertThat(config("millrace.events.buffer-timeout", "0 ms")
                        .configuration()
                        .get(JobOptions.EVENTS_BUFFER_TIMEOUT))
                .isZero();
    }

    @Test
    void debeziumTopicsHaveTheirCollectionsAndKeys() {
        JobConfig config = config(
                "millrace.topics.events", "plain;orders;people",
                "millrace.events.debezium", "orders;people",
                "millrace.events.collections", "orders:o",
                "millrace.events.key-fields", "people:first+last");

        assertThat(config.ingest().sources())
                .containsExactly(
                        EventSource.json("plain"),
                        new EventSource("orders", EventSource.Format.DEBEZIUM, "o", List.of()),
                        new EventSource("people", EventSource.Format.DEBEZIUM, null, List.of("first", "last")));
        assertThat(config.query().eventTopics())
                .as("positions number the topics in the same order")
                .containsExactly("plain", "orders", "people");
    }

    @Test
    void topicsOfComputedRowsAreReadBehindThoseOfEvents() {
        JobConfig config = config("millrace.topics.events", "plain;orders", "millrace.topics.compute", "churn;risk");

        assertThat(config.eventTopics()).containsExactly("plain", "orders", "churn", "risk");
        assertThat(config.ingest().sources()).hasSize(4).contains(EventSource.json("churn"));
        assertThat(config.query().eventTopics()).isEqualTo(config.eventTopics());
        assertThat(config.endOffsets())
                .isEqualTo(new PolledEndOffsets.Factory(config.kafka(), config.eventTopics(), 250));
        assertThat(config().eventTopics()).containsExactly("millrace.events");
    }

    @Test
    void clustersReachTheShardsAndCanBeSwitchedOff() {
        assertThat(config().query().clusters()).isEqualTo(16);
        assertThat(config("millrace.clusters.count", "0").query().clusters()).isZero();
    }

    @Test
    void kafkaPropertiesReachEveryClientAndDoNotReplaceTheServers() {
        JobConfig config = config("millrace.kafka.properties", "security.protocol:SSL,bootstrap.servers:elsewhere");

        assertThat(config.kafka()).isEqualTo(Map.of("bootstrap.servers", "a:1", "security.protocol", "SSL"));
        assertThat(config.catalogSource()).isEqualTo(new ControlLog(config.kafka(), "millrace.control"));
        assertThat(config.endOffsets())
                .isEqualTo(new PolledEndOffsets.Factory(config.kafka(), List.of("millrace.events"), 250));
    }

    @Test
    void laterChangesOfTheConfigurationDoNotReachTheJob() {
        Configuration given = Configuration.fromMap(Map.of("millrace.kafka.bootstrap-servers", "a:1"));
        JobConfig config = new JobConfig(given);
        given.set(JobOptions.SHARDS, 7);

        assertThat(config.shards()).isEqualTo(4);
    }
}
