package io.millrace.benchmarks.stream;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.measure.Samples;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Plays a runbook to a target, with searches among the updates, and keeps the list of what is there. */
final class RunbookPlayer {
    static final int K = 10;

    /** Updates between two searches, where one thread does both. */
    private static final int UPDATES_PER_SEARCH = 20;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Runbook runbook;
    private final Dataset data;
    private final StreamTarget target;
    private final boolean rebuilds;
    private final Live live;
    private final Collection<Long> searchNanos = new ConcurrentLinkedQueue<>();
    private final List<Double> recalls = new ArrayList<>();
    private long updates;
    private long updateNanos;
    private int searches;

    /** @param rebuilds whether the index is made anew before every search step */
    RunbookPlayer(Runbook runbook, Dataset data, StreamTarget target, boolean rebuilds) {
        this.runbook = runbook;
        this.data = data;
        this.target = target;
        this.rebuilds = rebuilds;
        live = new Live(data);
    }

    /** Plays one step and returns what is to be said of it. */
    String play(Runbook.Step step) {
        if (step.kind() == Runbook.Kind.SEARCH) {
            if (rebuilds) {
                target.rebuild();
            }
            List<int[]> found = new ArrayList<>();
            for (float[] query : data.queries()) {
                found.add(target.search(query, K));
            }
            double recall = live.recall(found, K, runbook.truth().get(step.number()));
            recalls.add(recall);
            return String.format("recall@10 %.4f over %d live", recall, live.size());
        }
        long nanos = target.isConcurrent() ? updateBesideSearches(step) : updateAmongSearches(step);
        updates += step.updates();
        updateNanos += nanos;
        return String.format("%.0f updates/s", step.updates() * NANOS_PER_SECOND / nanos);
    }

    private long updateAmongSearches(Runbook.Step step) {
        long nanos = 0;
        for (int id = step.start(); id < step.end(); id++) {
            long start = System.nanoTime();
            update(step, id);
            nanos += System.nanoTime() - start;
            if (id % UPDATES_PER_SEARCH == 0) {
                searchTimed();
            }
        }
        long start = System.nanoTime();
        target.settle();
        return nanos + System.nanoTime() - start;
    }

    private long updateBesideSearches(Runbook.Step step) {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> searching = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                searchTimed();
            }
        });
        long start = System.nanoTime();
        for (int id = step.start(); id < step.end(); id++) {
            update(step, id);
        }
        target.settle();
        long nanos = System.nanoTime() - start;
        done.set(true);
        searching.join();
        return nanos;
    }

    private void searchTimed() {
        float[] query = data.queries()[searches++ % data.queries().length];
        long start = System.nanoTime();
        target.search(query, K);
        searchNanos.add(System.nanoTime() - start);
    }

    private void update(Runbook.Step step, int id) {
        if (step.kind() == Runbook.Kind.DELETE) {
            target.delete(id);
            live.remove(id);
            return;
        }
        float[] vector = data.base()[step.vectorStart() + id - step.start()];
        target.upsert(id, vector);
        live.put(id, vector);
    }

    double recallMean() {
        return recalls.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    double recallMin() {
        return recalls.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double updatesPerSecond() {
        return updates * NANOS_PER_SECOND / updateNanos;
    }

    /** Returns the times of the searches during updates. */
    Samples searchTimes() {
        return Samples.of(searchNanos);
    }
}
