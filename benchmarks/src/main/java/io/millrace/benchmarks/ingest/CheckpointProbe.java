package io.millrace.benchmarks.ingest;

import io.millrace.local.EmbeddedFlink;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.util.stats.StatsSummary;

/** Looks at the checkpoints of the running job. */
final class CheckpointProbe {
    private static final long POLL_MS = 100;
    private static final long TIMEOUT_MS = 120_000;

    private final EmbeddedFlink flink;

    CheckpointProbe(EmbeddedFlink flink) {
        this.flink = flink;
    }

    /** @param bytes that it wrote, beyond what earlier ones had written */
    record Checkpoint(long id, long triggeredMs, long durationMs, Pauses pauses, long bytes, long stateBytes) {}

    /**
     * What kept a task from its work, or the barrier from the task, at the task where it was longest.
     *
     * @param startMs from the trigger to the task's first barrier
     * @param alignmentMs from its first barrier to its last
     * @param syncMs the part of the snapshot during which the task stands still
     * @param asyncMs the part beside it
     */
    record Pauses(long startMs, long alignmentMs, long syncMs, long asyncMs) {}

    /** Waits until a checkpoint is complete that was triggered at or after a time, and returns it. */
    Checkpoint awaitTriggeredAfter(long epochMs) throws InterruptedException {
        long deadline = System.currentTimeMillis() + TIMEOUT_MS;
        while (true) {
            List<Checkpoint> since = completedAfter(epochMs);
            if (!since.isEmpty()) {
                return since.get(0);
            }
            if (System.currentTimeMillis() > deadline) {
                throw new IllegalStateException("no checkpoint was completed within " + TIMEOUT_MS + " ms");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    /** Returns the completed checkpoints that were triggered at or after a time, the oldest first. */
    List<Checkpoint> completedAfter(long epochMs) {
        return flink.checkpoints().getHistory().getCheckpoints().stream()
                .filter(stats -> stats.getStatus() == CheckpointStatsStatus.COMPLETED)
                .filter(stats -> stats.getTriggerTimestamp() >= epochMs)
                .map(CheckpointProbe::checkpoint)
                .sorted(Comparator.comparingLong(Checkpoint::id))
                .toList();
    }

    private static Checkpoint checkpoint(AbstractCheckpointStats stats) {
        return new Checkpoint(
                stats.getCheckpointId(),
                stats.getTriggerTimestamp(),
                stats.getEndToEndDuration(),
                pauses(stats),
                stats.getCheckpointedSize(),
                stats.getStateSize());
    }

    private static Pauses pauses(AbstractCheckpointStats stats) {
        return new Pauses(
                longest(stats, TaskStateStats.TaskStateStatsSummary::getCheckpointStartDelayStats),
                longest(stats, TaskStateStats.TaskStateStatsSummary::getAlignmentDurationStats),
                longest(stats, TaskStateStats.TaskStateStatsSummary::getSyncCheckpointDurationStats),
                longest(stats, TaskStateStats.TaskStateStatsSummary::getAsyncCheckpointDurationStats));
    }

    private static long longest(
            AbstractCheckpointStats stats, Function<TaskStateStats.TaskStateStatsSummary, StatsSummary> part) {
        return stats.getAllTaskStateStats().stream()
                .mapToLong(task -> part.apply(task.getSummaryStats()).getMaximum())
                .max()
                .orElse(0);
    }
}
