package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.job.JobConfig;
import io.millrace.job.Topics;
import io.millrace.local.support.LogLines;
import io.millrace.local.support.TestStack;
import io.millrace.operators.kafka.PolledEndOffsets;
import io.millrace.operators.query.EndOffsets;
import io.millrace.protocol.OffsetToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away for some seconds: the job lives, says that lags are old, and goes on where it was. */
class BrokerAwayITCase {
    private static final String SCAN = "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\","
            + " \"params\": {\"collection\": \"things\"}}]}";

    @TempDir
    private Path folder;

    private JobConfig config(String bootstrap) {
        return new JobConfig(Configuration.fromMap(Map.of(
                "millrace.kafka.bootstrap-servers",
                bootstrap,
                "millrace.shards",
                "2",
                "millrace.kafka.properties",
                "default.api.timeout.ms:2000,request.timeout.ms:1000",
                "execution.checkpointing.dir",
                folder.resolve("checkpoints").toUri().toString(),
                "restart-strategy.type",
                "none",
                "rest.bind-port",
                "0")));
    }

    @Test
    void jobOutlivesABrokerThatComesBack() {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        String bootstrap = kafka.bootstrapServers();
        int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
        JobConfig config = config(bootstrap);
        Topics.create(config);
        try (LogLines log = new LogLines(PolledEndOffsets.class);
                EndOffsets ends = config.endOffsets().open();
                EmbeddedFlink flink = EmbeddedFlink.start(config, 1, null)) {
            flink.awaitRunning(Duration.ofSeconds(60));
            OffsetToken token = fill(bootstrap, 0, 10);
            TestStack.await()
                    .until(() -> ends.latest().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()
                            == 10);
            Map<String, Long> before = ends.latest();
            assertThat(ends.ageMs()).isLessThan(5_000);

            kafka.close();
            TestStack.await().until(() -> !log.of(Level.WARN).isEmpty() && ends.ageMs() > 5_000);
            assertThat(ends.latest()).isEqualTo(before);
            assertThat(log.of(Level.WARN))
                    .allSatisfy(line -> assertThat(line)
                            .contains("End offsets of [millrace.events] cannot be read")
                            .contains("the last that are known"));

            kafka = EmbeddedKafka.start(folder.resolve("kafka"), port);
            TestStack.await().until(() -> ends.ageMs() < 1_000);
            assertThat(log.of(Level.INFO)).anySatisfy(line -> assertThat(line).contains("can be read again"));
            token = token.and(fill(bootstrap, 10, 20));
            try (MillraceClient client = new MillraceClient(ClientSettings.of(bootstrap))) {
                assertThat(TestStack.good(client.ask(RequestBuilder.plan(SCAN).minOffsets(token)))
                                .rows("s"))
                        .hasSize(20);
            }
            assertThat(flink.restarts()).isZero();
            assertThat(log.of(Level.WARN).size()).as("one warning a poller").isLessThanOrEqualTo(2);
        } finally {
            kafka.close();
        }
    }

    private static OffsetToken fill(String bootstrap, int from, int to) {
        try (MillraceClient client = new MillraceClient(ClientSettings.of(bootstrap))) {
            TestStack.good(client.statement("CREATE COLLECTION IF NOT EXISTS things (id STRING PRIMARY KEY, n INT)"));
            return client.send(java.util.stream.IntStream.range(from, to)
                    .mapToObj(i -> TestStack.upsert(
                            "things", "k" + i, TestStack.JSON.createObjectNode().put("n", i)))
                    .toList());
        }
    }
}
