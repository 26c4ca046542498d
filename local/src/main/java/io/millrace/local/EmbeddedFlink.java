package io.millrace.local;

import io.millrace.job.JobConfig;
import io.millrace.job.MillraceJob;
import io.millrace.job.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecution;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** A Flink cluster in this JVM that runs the job. */
public final class EmbeddedFlink implements AutoCloseable {
    private static final long POLL_MS = 20;

    private final MiniCluster cluster;
    private final JobID job;
    private int taskManager;

    private EmbeddedFlink(MiniCluster cluster, JobID job) {
        this.cluster = cluster;
        this.job = job;
    }

    /**
     * Starts a cluster and submits the job; {@link #awaitRunning} waits for it.
     *
     * @param restoreFrom folder of a savepoint or checkpoint; null for a start from nothing
     */
    public static EmbeddedFlink start(JobConfig config, int parallelism, @Nullable Path restoreFrom) {
        Configuration settings = Topology.flinkSettings(config.configuration());
        if (restoreFrom != null) {
            settings.setString(
                    "execution.state-recovery.path", restoreFrom.toUri().toString());
        }
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(parallelism)
                .build());
        try {
            cluster.start();
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(settings);
            environment.setParallelism(parallelism);
            Topology.build(environment, config);
            StreamGraph stream = environment.getStreamGraph();
            stream.setJobName(MillraceJob.NAME);
            JobGraph graph = stream.getJobGraph();
            cluster.submitJob(graph).get();
            return new EmbeddedFlink(cluster, graph.getJobID());
        } catch (Exception e) {
            cluster.closeAsync();
            throw new IllegalStateException("Flink cannot run the job: " + e.getMessage(), e);
        }
    }

    /** Waits until every task runs. */
    public void awaitRunning(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!allRunning(graph())) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the job does not run after " + timeout + ": " + graph().getState());
            }
            pause();
        }
    }

    /** Returns how often the job was restarted after a failure. */
    public long restarts() {
        AccessExecutionGraph graph = graph();
        long restarts = 0;
        for (var vertex : graph.getAllExecutionVertices()) {
            restarts = Math.max(restarts, vertex.getCurrentExecutionAttempt().getAttemptNumber());
        }
        return restarts;
    }

    /** Returns the state of the job as Flink reports it. */
    public JobStatus status() {
        return graph().getState();
    }

    /** Returns what Flink remembers of the checkpoints that this start of the job has taken. */
    public CheckpointStatsSnapshot checkpoints() {
        return graph().getCheckpointStatsSnapshot();
    }

    /** Stops the job with a savepoint below {@code folder} and returns the savepoint's own folder. */
    public Path stopWithSavepoint(Path folder, Duration timeout) {
        try {
            String savepoint = cluster.stopWithSavepoint(
                            job, folder.toUri().toString(), false, SavepointFormatType.NATIVE)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Path.of(java.net.URI.create(savepoint.startsWith("file:") ? savepoint : "file:" + savepoint));
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the savepoint cannot be taken: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the savepoint was taken", e);
        }
    }

    /** Ends the tasks and starts the job again from the last checkpoint, as after the failure of a machine. */
    public void failOver() {
        try {
            cluster.terminateTaskManager(taskManager).get();
            cluster.startTaskManager();
            taskManager++; // The cluster keeps the ended one in its list.
        } catch (Exception e) {
            throw new IllegalStateException("the task manager cannot be replaced: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            cluster.close();
        } catch (Exception e) {
            throw new IllegalStateException("Flink cannot be stopped: " + e.getMessage(), e);
        }
    }

    private AccessExecutionGraph graph() {
        try {
            return cluster.getExecutionGraph(job).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the job cannot be looked at: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at the job", e);
        }
    }

    private static boolean allRunning(AccessExecutionGraph graph) {
        if (graph.getState() == JobStatus.FAILED) {
            throw new IllegalStateException("the job failed: " + failure(graph));
        }
        for (var vertex : graph.getAllExecutionVertices()) {
            AccessExecution execution = vertex.getCurrentExecutionAttempt();
            if (execution.getState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return graph.getState() == JobStatus.RUNNING;
    }

    private static String failure(AccessExecutionGraph graph) {
        var info = graph.getFailureInfo();
        return info == null ? "unknown" : info.getExceptionAsString();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the job", e);
        }
    }
}
