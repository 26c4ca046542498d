package io.millrace.benchmarks.ingest;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A thread that keeps the event topic ahead of the job, from when it is made until it is closed. */
final class Backlog implements AutoCloseable {
    private static final int REFILL = 50_000;
    private static final long POLL_MS = 200;

    private final JobUnderTest job;
    private final Supplier<Segment> refill;
    private final long wanted;
    private final CompletableFuture<Void> thread;
    private Segment newest;
    private volatile boolean closing;
    private volatile long least = Long.MAX_VALUE;
    private volatile long applied;

    /**
     * Starts with what is there already.
     *
     * @param wanted how many events the topic shall be ahead
     * @param refill writes a few more
     */
    Backlog(JobUnderTest job, Segment first, long wanted, Supplier<Segment> refill) {
        this.job = job;
        this.newest = first;
        this.wanted = wanted;
        this.refill = refill;
        Segment all = first;
        thread = CompletableFuture.runAsync(() -> run(all), command -> new Thread(command, "backlog").start());
    }

    static int refillEvents() {
        return REFILL;
    }

    private void run(Segment first) {
        try {
            while (!closing) {
                Segment all = new Segment(first.from(), newest.to(), 0);
                applied = all.applied(job.look().json());
                long ahead = all.events() - applied;
                least = Math.min(least, ahead);
                if (ahead < wanted) {
                    newest = refill.get();
                } else {
                    TimeUnit.MILLISECONDS.sleep(POLL_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns by how many events the topic was ahead at the worst. */
    long least() {
        return least;
    }

    /** Returns how many events the job has applied since this was made. */
    long applied() {
        return applied;
    }

    /** Ends the thread and returns the newest part of the topic. */
    Segment end() {
        close();
        return newest;
    }

    @Override
    public void close() {
        closing = true;
        thread.join();
    }
}
