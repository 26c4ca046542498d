package io.millrace.operators.kafka;

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
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end offsets of the event topics, asked for in the background: what an answer's lag is measured against. */
public final class EndOffsets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndOffsets.class);
    private static final long TIMEOUT_MS = 5_000;

    private final Admin admin;
    private final List<String> topics;
    private final ScheduledExecutorService executor;
    private volatile Map<String, Long> ends = Map.of();
    private boolean failing;

    /** Starts asking at once, and again {@code intervalMs} after each answer. */
    public EndOffsets(Properties kafka, List<String> topics, long intervalMs) {
        this.admin = Admin.create(kafka);
        this.topics = List.copyOf(topics);
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "millrace-end-offsets");
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(this::poll, 0, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Returns the newest end offsets by {@code topic-partition}; empty until the first answer. */
    public Map<String, Long> latest() {
        return ends;
    }

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
            failing = false;
        } catch (ExecutionException | TimeoutException e) {
            if (!failing) {
                LOG.warn("End offsets of {} cannot be read, lags are not known until they can: {}", topics, e.toString());
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
}
