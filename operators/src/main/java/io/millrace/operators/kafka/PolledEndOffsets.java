package io.millrace.operators.kafka;

import io.millrace.operators.query.EndOffsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka for the end offsets in the background. */
public final class PolledEndOffsets implements EndOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(PolledEndOffsets.class);
    private static final long TIMEOUT_MS = 5_000;

    private final Admin admin;
    private final List<String> topics;
    private final ScheduledExecutorService executor;
    private volatile Map<String, Long> ends = Map.of();
    private volatile long polledNanos = System.nanoTime();
    private boolean failing;

    /** Starts asking at once, and again {@code intervalMs} after each answer. */
    private PolledEndOffsets(Properties kafka, List<String> topics, long intervalMs) {
        this.admin = Admin.create(kafka);
        this.topics = List.copyOf(topics);
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "millrace-end-offsets");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(this::poll, 0, intervalMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public Map<String, Long> latest() {
        return ends;
    }

    @Override
    public long ageMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - polledNanos);
    }

    /** Must not throw: the executor would not ask again. */
    private void poll() {
        try {
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            for (TopicDescription topic : admin.describeTopics(topics)
                    .allTopicNames()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .values()) {
                topic.partitions()
                        .forEach(p -> wanted.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
            }
            Map<String, Long> found = new HashMap<>();
            admin.listOffsets(wanted)
                    .all()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .forEach((partition, info) -> found.put(partition.toString(), info.offset()));
            ends = Map.copyOf(found);
            polledNanos = System.nanoTime();
            if (failing) {
                LOG.info("End offsets of {} can be read again", topics);
            }
            failing = false;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            if (!failing) {
                LOG.warn(
                        "End offsets of {} cannot be read, lags are measured against the last that are known: {}",
                        topics,
                        e.toString());
            }
            failing = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        admin.close(java.time.Duration.ZERO);
    }

    /** Opens a poller of {@code topics}; {@code kafka} are the settings of its client. */
    public record Factory(Properties kafka, List<String> topics, long intervalMs) implements EndOffsets.Factory {
        public Factory {
            topics = List.copyOf(topics);
        }

        @Override
        public EndOffsets open() {
            return new PolledEndOffsets(kafka, topics, intervalMs);
        }
    }
}
