package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.JobConfig;
import io.millrace.job.Topics;
import io.millrace.local.support.TestStack;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which topics a start creates on a broker that creates none by itself. */
class TopicsITCase {
    private static EmbeddedKafka kafka;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path folder) {
        kafka = EmbeddedKafka.start(folder, 0);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        kafka.close();
    }

    /** Every test has topics of its own, by a prefix. */
    private static JobConfig config(String prefix, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("millrace.kafka.bootstrap-servers", kafka.bootstrapServers()));
        for (String topic : List.of("events", "requests", "responses", "control", "dead-letters")) {
            all.put("millrace.topics." + topic, prefix + topic);
        }
        all.putAll(more);
        return new JobConfig(Configuration.fromMap(all));
    }

    private static Map<String, TopicDescription> topics(String prefix) throws Exception {
        Set<String> names = admin.listTopics().names().get();
        return admin.describeTopics(
                        names.stream().filter(name -> name.startsWith(prefix)).toList())
                .allTopicNames()
                .get();
    }

    /** A broker learns of new topics a moment after the controller. */
    private static Map<String, TopicDescription> awaitTopics(String prefix, int count) {
        return TestStack.await().until(() -> topics(prefix), found -> found.size() == count);
    }

    private static String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        return config.get(name).value();
    }

    @Test
    void missingTopicsAreCreatedAsTheirUseDemands() throws Exception {
        Topics.create(config(
                "a-", Map.of("millrace.topics.partitions", "3", "millrace.requests.reply-topics", "a-replies;a-more")));

        Map<String, TopicDescription> topics = awaitTopics("a-", 7);
        assertThat(topics)
                .containsOnlyKeys(
                        "a-events", "a-requests", "a-responses", "a-control", "a-dead-letters", "a-replies", "a-more");
        topics.forEach(
                (name, topic) -> assertThat(topic.partitions()).as(name).hasSize(name.equals("a-control") ? 1 : 3));
        assertThat(setting("a-requests", "message.timestamp.type")).isEqualTo("LogAppendTime");
        assertThat(setting("a-events", "message.timestamp.type")).isEqualTo("CreateTime");
        assertThat(setting("a-control", "cleanup.policy")).isEqualTo("delete");
        assertThat(setting("a-control", "retention.ms")).isEqualTo("-1");
        assertThat(setting("a-control", "retention.bytes")).isEqualTo("-1");
    }

    @Test
    void topicsThatAreThereStayAsTheyAre() throws Exception {
        NewTopic own = new NewTopic("b-events", 7, (short) 1).configs(Map.of("retention.ms", "1234567"));
        admin.createTopics(List.of(own)).all().get();

        Topics.create(config("b-", Map.of()));
        Topics.create(config("b-", Map.of("millrace.topics.partitions", "2")));

        Map<String, TopicDescription> topics = awaitTopics("b-", 5);
        assertThat(topics.get("b-events").partitions()).hasSize(7);
        assertThat(setting("b-events", "retention.ms")).isEqualTo("1234567");
        assertThat(topics.get("b-responses").partitions()).hasSize(4);
    }

    @Test
    void nothingIsCreatedWhereThatIsSwitchedOff() throws Exception {
        Topics.create(config("c-", Map.of("millrace.topics.create", "false")));

        assertThat(topics("c-")).isEmpty();
    }

    @Test
    void moreReplicasThanBrokersAreRefusedWithTheReason() {
        assertThatThrownBy(() -> Topics.create(config("d-", Map.of("millrace.topics.replication", "3"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topics cannot be created")
                .hasMessageContaining("replication factor");
    }

    @Test
    void brokerThatIsNotThereIsSaidSo() {
        JobConfig config = config(
                "e-",
                Map.of(
                        "millrace.kafka.bootstrap-servers", "127.0.0.1:1",
                        "millrace.kafka.properties", "default.api.timeout.ms:1000,request.timeout.ms:500"));

        assertThatThrownBy(() -> Topics.create(config))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topics cannot be created");
    }
}
