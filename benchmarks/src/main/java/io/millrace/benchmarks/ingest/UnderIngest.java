package io.millrace.benchmarks.ingest;

import static io.millrace.benchmarks.measure.Report.say;

import io.millrace.benchmarks.ingest.CheckpointProbe.Checkpoint;
import io.millrace.benchmarks.ingest.JobUnderTest.Restore;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.RequestLoad;
import io.millrace.benchmarks.load.Target;
import io.millrace.benchmarks.measure.Samples;
import java.io.PrintWriter;
import java.util.List;

/** Measures restores, checkpoints, and requests while the job takes events in as fast as it can. */
final class UnderIngest {
    private static final int WARM_UP_SECONDS = 3;
    private static final double CHANGED_SHARE = 0.01;

    private final BenchStack stack;
    private final JobUnderTest job;
    private final Events events;
    private final Settings settings;
    private final IngestRounds results;
    private final PrintWriter out;
    private final RequestLoad load = new RequestLoad();

    UnderIngest(
            BenchStack stack,
            JobUnderTest job,
            Events events,
            Settings settings,
            IngestRounds results,
            PrintWriter out) {
        this.stack = stack;
        this.job = job;
        this.events = events;
        this.settings = settings;
        this.results = results;
        this.out = out;
    }

    /**
     * What is asked how.
     *
     * @param targets ours and the echo
     * @param rate requests a second of each
     * @param seconds a phase takes
     * @param backlog events that the topic is kept ahead
     */
    record Settings(List<Target> targets, int rate, int seconds, long backlog) {
        Settings {
            targets = List.copyOf(targets);
        }

        int totalRate() {
            return rate * targets.size();
        }
    }

    /** Runs a round; the job is stopped before and after. */
    void round(int round) throws InterruptedException {
        Restore restore = job.start();
        say(
                out,
                "round %d restore: running after %.0f ms, first answer after %.0f ms",
                round,
                restore.runningMs(),
                restore.answeredMs());
        results.add("restore_ms", restore.answeredMs(), "ms");
        load.atRate(settings.targets, settings.totalRate(), WARM_UP_SECONDS);
        List<Samples> idle = load.atRate(settings.targets, settings.totalRate(), settings.seconds);
        say(out, "round %d idle:   request %s%n               echo    %s", round, idle.get(0), idle.get(1));
        checkpoint(round);
        job.stop();
        Segment first = events.fill(Workload.DOCUMENTS, settings.backlog + Backlog.refillEvents());
        job.start();
        List<Samples> busy = busy(round, first);
        job.stop();
        results.add(
                "request_under_ingest_p50_ratio",
                busy.get(0).p50Ms() / idle.get(0).p50Ms(),
                "x");
        results.add("request_under_ingest_p50_ms", busy.get(0).p50Ms(), "ms");
        results.add("request_under_ingest_p99_ms", busy.get(0).p99Ms(), "ms");
        results.add("request_idle_p50_ms", idle.get(0).p50Ms(), "ms");
        results.add("echo_under_ingest_p50_ms", busy.get(1).p50Ms(), "ms");
        results.add("echo_under_ingest_p99_ms", busy.get(1).p99Ms(), "ms");
    }

    /** Changes a hundredth of the documents and compares the next checkpoints with that. */
    private void checkpoint(int round) throws InterruptedException {
        CheckpointProbe probe = new CheckpointProbe(stack.stack().flink());
        Checkpoint quiet = probe.awaitTriggeredAfter(
                probe.awaitTriggeredAfter(System.currentTimeMillis()).triggeredMs() + 1);
        Segment changed = events.change(Math.max(1, (long) (events.documents() * CHANGED_SHARE)));
        job.watch(changed, 0);
        probe.awaitTriggeredAfter(System.currentTimeMillis());
        List<Checkpoint> since = probe.completedAfter(quiet.triggeredMs() + 1);
        long bytes = since.stream().mapToLong(Checkpoint::bytes).sum();
        say(
                out,
                "round %d checkpoint: %d B in %d checkpoints for %d changed documents of %d B; %d B without a change;"
                        + " %d B of state",
                round,
                bytes,
                since.size(),
                changed.events(),
                changed.bytes(),
                quiet.bytes(),
                quiet.stateBytes());
        results.add("checkpoint_incremental_bytes", bytes, "B");
        results.add("checkpoint_changed_bytes", changed.bytes(), "B");
        results.add("checkpoint_quiet_bytes", quiet.bytes(), "B");
        results.add("checkpoint_state_bytes", quiet.stateBytes(), "B");
    }

    private List<Samples> busy(int round, Segment first) throws InterruptedException {
        List<Samples> busy;
        double perSecond;
        long least;
        Segment last;
        long loadStart = System.currentTimeMillis();
        try (Backlog backlog = new Backlog(
                job, first, settings.backlog, () -> events.fill(Workload.DOCUMENTS, Backlog.refillEvents()))) {
            load.atRate(settings.targets, settings.totalRate(), WARM_UP_SECONDS);
            long start = System.nanoTime();
            long before = backlog.applied();
            busy = load.atRate(settings.targets, settings.totalRate(), settings.seconds);
            perSecond = (backlog.applied() - before) * 1e9 / (System.nanoTime() - start);
            least = backlog.least();
            last = backlog.end();
        }
        say(
                out,
                "round %d ingest: request %s%n               echo    %s%n               %.0f events/s meanwhile, the"
                        + " topic at least %d ahead",
                round,
                busy.get(0),
                busy.get(1),
                perSecond,
                least);
        new CheckpointProbe(stack.stack().flink())
                .completedAfter(loadStart)
                .forEach(checkpoint -> say(
                        out,
                        "               checkpoint %d: %d ms, %s, %d B",
                        checkpoint.id(),
                        checkpoint.durationMs(),
                        checkpoint.pauses(),
                        checkpoint.bytes()));
        if (least <= 0) {
            throw new IllegalStateException("the job had nothing to take in for a time: give a larger --backlog");
        }
        job.watch(last, 0);
        results.add("ingest_under_requests_per_s", perSecond, "1/s");
        return busy;
    }
}
