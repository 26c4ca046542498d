package io.millrace.benchmarks.stream;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.measure.Samples;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Searches as fast as they go, alone or beside upserts at a rate: half of new ids, half of ids that are there. */
final class UpsertLoad {
    private static final long SEED = 20261121;
    private static final long TICK_NANOS = 10_000_000;
    private static final float NOISE = 0.5f;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Dataset data;
    private final StreamTarget target;
    private final int searchers;
    private final Random random = new Random(SEED);
    private int nextId;

    /** @param searchers threads that search, where that can be beside changes */
    UpsertLoad(Dataset data, StreamTarget target, int searchers) {
        this.data = data;
        this.target = target;
        this.searchers = searchers;
        nextId = data.base().length;
    }

    /** Times of searches, and how many there were a second. */
    record Searches(double perSecond, Samples times) {}

    Searches run(int upsertsPerSecond, int seconds) {
        Collection<Long> nanos = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        if (target.isConcurrent()) {
            runBeside(upsertsPerSecond, start, end, nanos);
        } else {
            long sent = 0;
            int query = 0;
            for (long now = start; now < end; now = System.nanoTime()) {
                sent = upsertDue(upsertsPerSecond, now - start, sent);
                search(query++, nanos);
            }
        }
        double elapsed = (System.nanoTime() - start) / NANOS_PER_SECOND;
        return new Searches(nanos.size() / elapsed, Samples.of(nanos));
    }

    private void runBeside(int upsertsPerSecond, long start, long end, Collection<Long> nanos) {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < searchers; i++) {
            int first = i;
            threads.add(CompletableFuture.runAsync(
                    () -> {
                        for (int query = first; System.nanoTime() < end; query += searchers) {
                            search(query, nanos);
                        }
                    },
                    task -> new Thread(task, "searcher").start()));
        }
        long sent = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            sent = upsertDue(upsertsPerSecond, now - start, sent);
            target.push();
            LockSupport.parkNanos(TICK_NANOS);
        }
        threads.forEach(CompletableFuture::join);
    }

    private void search(int query, Collection<Long> nanos) {
        long start = System.nanoTime();
        target.search(data.queries()[query % data.queries().length], RunbookPlayer.K);
        nanos.add(System.nanoTime() - start);
    }

    private long upsertDue(int perSecond, long elapsedNanos, long sentBefore) {
        long due = (long) (perSecond * (elapsedNanos / NANOS_PER_SECOND));
        for (long sent = sentBefore; sent < due; sent++) {
            target.upsert(sent % 2 == 0 ? nextId++ : random.nextInt(nextId), near(random.nextInt(data.base().length)));
        }
        return Math.max(due, sentBefore);
    }

    /** Returns a vector that is not there yet, like one that was. */
    private float[] near(int at) {
        float[] vector = data.base()[at].clone();
        for (int i = 0; i < vector.length; i++) {
            vector[i] += NOISE * (float) random.nextGaussian();
        }
        return vector;
    }

    /** Returns the times from before an upsert is sent until a search that must see it is answered. */
    Samples untilSearchable(int times) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            float[] vector = near(i % data.base().length);
            long start = System.nanoTime();
            target.upsert(nextId++, vector);
            target.settle();
            nanos.add(System.nanoTime() - start);
        }
        return Samples.of(nanos);
    }
}
