package io.millrace.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics that are not there yet. */
public final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    private Topics() {}

    /**
     * Creates what is missing, if the configuration allows it. Requests get the broker's append time: deadlines count
     * from it.
     *
     * @throws IllegalStateException if Kafka cannot be reached, or refuses
     */
    public static void create(JobConfig config) {
        if (!config.configuration().get(JobOptions.TOPICS_CREATE)) {
            return;
        }
        try (Admin admin = Admin.create(config.kafka())) {
            Set<String> existing = admin.listTopics().names().get();
            for (NewTopic topic : wanted(config)) {
                if (!existing.contains(topic.name())) {
                    createOne(admin, topic);
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("topics cannot be created: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topics were created", e);
        }
    }

    private static void createOne(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            LOG.info("Created topic {}", topic.name());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static List<NewTopic> wanted(JobConfig config) {
        Configuration configuration = config.configuration();
        int partitions = configuration.get(JobOptions.TOPICS_PARTITIONS);
        short replicas = configuration.get(JobOptions.TOPICS_REPLICATION).shortValue();
        List<NewTopic> topics = new ArrayList<>();
        Set<String> many = new HashSet<>(config.eventTopics());
        many.addAll(configuration.get(JobOptions.REQUESTS_REPLY_TOPICS));
        many.add(configuration.get(JobOptions.TOPICS_RESPONSES));
        many.add(configuration.get(JobOptions.TOPICS_DEAD_LETTERS));
        many.forEach(name -> topics.add(topic(name, partitions, replicas)));
        config.requestTopics()
                .forEach(name -> topics.add(
                        topic(name, partitions, replicas).configs(Map.of("message.timestamp.type", "LogAppendTime"))));
        topics.add(topic(configuration.get(JobOptions.TOPICS_CONTROL), 1, replicas)
                .configs(Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1")));
        topics.add(topic(configuration.get(JobOptions.TOPICS_STATISTICS), 1, replicas)
                .configs(Map.of("cleanup.policy", "compact")));
        return topics;
    }

    private static NewTopic topic(String name, int partitions, short replicas) {
        return new NewTopic(name, Optional.of(partitions), replicas < 1 ? Optional.empty() : Optional.of(replicas));
    }
}
