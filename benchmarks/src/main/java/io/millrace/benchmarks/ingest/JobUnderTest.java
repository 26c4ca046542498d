package io.millrace.benchmarks.ingest;

import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.WalkRequests;
import io.millrace.benchmarks.measure.Progress;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.ExplainLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The job of the stack: stops and starts it, and watches it take events in. */
final class JobUnderTest {
    private static final long SAMPLE_MS = 50;
    /** From here on the exact end is waited for: a request that waits for a token may slow what it waits for. */
    private static final double NEARLY_ALL = 0.97;

    private final BenchStack stack;
    private final WalkRequests walks;
    private final int parallelism;
    private @Nullable Path savepoint;

    JobUnderTest(BenchStack stack, WalkRequests walks, int parallelism) {
        this.stack = stack;
        this.walks = walks;
        this.parallelism = parallelism;
    }

    /** Stops the job with a savepoint. */
    void stop() {
        savepoint = stack.stack().stopJob();
    }

    /** Starts the job again and returns after how long the first request was answered. */
    Restore start() {
        Path from = savepoint;
        if (from == null) {
            throw new IllegalStateException("the job was not stopped");
        }
        long start = System.nanoTime();
        stack.stack().startJob(from, parallelism);
        long running = System.nanoTime();
        look();
        return new Restore(toMs(running - start), toMs(System.nanoTime() - start));
    }

    /** @param answeredMs from the call that starts a cluster and the job to the first answer */
    record Restore(double runningMs, double answeredMs) {}

    private static double toMs(long nanos) {
        return nanos / 1e6;
    }

    /** Asks the cheapest request there is, for the freshness certificate of its answer. */
    Answer look() {
        return BenchStack.check(stack.client().ask(looking()));
    }

    private RequestBuilder looking() {
        return RequestBuilder.of(walks.walk("none", 1))
                .explain(ExplainLevel.NONE)
                .timeout(Duration.ofSeconds(60));
    }

    /** Waits until the running job has taken in a segment, and returns how that went. */
    Intake watch(Segment segment, double warmUpShare) throws InterruptedException {
        Progress progress = new Progress(segment.events(), warmUpShare);
        long applied = 0;
        long cpuStart = Intake.cpuNanos();
        while (applied < NEARLY_ALL * segment.events()) {
            applied = segment.applied(look().json());
            progress.add(System.nanoTime(), applied);
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
        }
        BenchStack.check(stack.client().ask(looking().minOffsets(segment.token())));
        progress.add(System.nanoTime(), segment.events());
        return Intake.of(progress, Intake.cpuNanos() - cpuStart, segment.events());
    }
}
