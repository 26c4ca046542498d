package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.graph.GraphStore;
import io.millrace.index.statistics.CollectionPass;
import io.millrace.protocol.statistics.StatisticsMessage;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what planners know of a shard about right: looks at the rows of a collection anew when a part of them has changed.
 * The time for that is bounded: after a pass it rests for many times as long as the pass took.
 */
final class ShardStatistics {
    private static final int ROWS_PER_STEP = 64;

    /** Changes that make a new pass worth while, as a share of what the last pass saw. */
    private static final double CHANGED_SHARE = 0.05;

    /** How many times as long as a pass took nothing is done behind it. */
    private static final long REST = 50;

    /** The same of each step of a pass: of a large collection the first is long, and events come meanwhile. */
    private static final long STEP_REST = 4;

    private static final long NANOS_PER_MS = 1_000_000;

    private final int shard;
    private final DocumentStore documents;
    private final GraphStore graph;
    private final long intervalMs;
    private final LongSupplier clock;
    private final LongSupplier stopwatch;
    private final Consumer<StatisticsMessage> sink;
    private Map<CollectionBinding, Tally> tallies = Map.of();
    /** By collection, what its last pass found. */
    private final Map<Long, OfCollection> measured = new HashMap<>();

    private BoundCatalog catalog = BoundCatalog.EMPTY;
    private @Nullable CollectionPass pass;
    private Tally openTally = new Tally();
    private long passNanos;
    private long owedNanos;
    private long stepNotBeforeMs;
    private long notBeforeMs;
    private boolean becameDue;

    /** What has become of a collection since its last pass began. */
    private static final class Tally {
        // Of what there was before this was opened nothing is known.
        long changes = 1;
        long seen;

        boolean isDue() {
            return changes >= threshold();
        }

        long threshold() {
            return Math.max(1, (long) (CHANGED_SHARE * seen));
        }

        double changedShare() {
            return (double) changes / Math.max(1, seen);
        }
    }

    /**
     * @param intervalMs least time between two passes; 0 for none at all
     * @param clock epoch milliseconds
     * @param stopwatch nanoseconds
     */
    ShardStatistics(
            int shard,
            DocumentStore documents,
            GraphStore graph,
            long intervalMs,
            LongSupplier clock,
            LongSupplier stopwatch,
            Consumer<StatisticsMessage> sink) {
        this.shard = shard;
        this.documents = documents;
        this.graph = graph;
        this.intervalMs = intervalMs;
        this.clock = clock;
        this.stopwatch = stopwatch;
        this.sink = sink;
        notBeforeMs = clock.getAsLong() + intervalMs;
    }

    void bind(BoundCatalog newCatalog) {
        catalog = newCatalog;
        pass = null;
        Map<Long, Tally> before = new HashMap<>();
        tallies.forEach((collection, tally) -> before.put(collection.id(), tally));
        Map<CollectionBinding, Tally> now = new IdentityHashMap<>();
        for (CollectionBinding collection : newCatalog.collections()) {
            now.put(collection, before.getOrDefault(collection.id(), new Tally()));
        }
        tallies = now;
        measured.keySet()
                .retainAll(newCatalog.collections().stream()
                        .map(CollectionBinding::id)
                        .toList());
        becameDue = true;
    }

    /** Takes note that a row of the collection, or an edge of one, has changed. */
    void changed(@Nullable CollectionBinding collection) {
        Tally tally = collection == null ? null : tallies.get(collection);
        if (tally != null && ++tally.changes == tally.threshold()) {
            becameDue = true;
        }
    }

    /** Returns whether {@link #nextDueMs} may have come nearer since the last call. */
    boolean takeBecameDue() {
        boolean became = becameDue && intervalMs > 0;
        becameDue = false;
        return became;
    }

    /** Returns whether there is something to do now. */
    boolean hasWork() {
        return nextDueMs() <= clock.getAsLong();
    }

    /** Returns when there is something to do; never where nothing has changed. */
    long nextDueMs() {
        if (intervalMs <= 0) {
            return Long.MAX_VALUE;
        }
        if (pass != null) {
            return stepNotBeforeMs;
        }
        for (Tally tally : tallies.values()) {
            if (tally.isDue()) {
                return notBeforeMs;
            }
        }
        return Long.MAX_VALUE;
    }

    /** Looks at some rows, if it is time. */
    void runStep() {
        CollectionPass open = pass;
        if (open == null) {
            open = begin();
        }
        if (open == null || clock.getAsLong() < stepNotBeforeMs) {
            return;
        }
        long startNanos = stopwatch.getAsLong();
        boolean more = open.run(ROWS_PER_STEP);
        rest(stopwatch.getAsLong() - startNanos);
        if (!more) {
            pass = null;
            openTally.seen = open.seen();
            notBeforeMs = clock.getAsLong() + Math.max(intervalMs, REST * passNanos / NANOS_PER_MS);
            OfCollection result = open.result(clock.getAsLong());
            measured.put(result.collectionId(), result.totals());
            sink.accept(result);
        }
    }

    /** Returns what the last pass over a collection found; null where there was none since this was opened. */
    @Nullable OfCollection measured(long collectionId) {
        return measured.get(collectionId);
    }

    private void rest(long stepNanos) {
        passNanos += stepNanos;
        owedNanos += STEP_REST * stepNanos;
        stepNotBeforeMs = clock.getAsLong() + owedNanos / NANOS_PER_MS;
        owedNanos %= NANOS_PER_MS;
    }

    private @Nullable CollectionPass begin() {
        if (intervalMs <= 0 || clock.getAsLong() < notBeforeMs) {
            return null;
        }
        // The one of which most has changed for its size, so that none waits behind the same one for ever.
        CollectionBinding chosen = null;
        double most = 0;
        for (CollectionBinding collection : catalog.collections()) {
            Tally tally = tallies.get(collection);
            if (tally != null && tally.isDue() && tally.changedShare() > most) {
                chosen = collection;
                most = tally.changedShare();
            }
        }
        Tally tally = chosen == null ? null : tallies.get(chosen);
        if (chosen == null || tally == null) {
            return null;
        }
        tally.changes = 0;
        openTally = tally;
        passNanos = 0;
        CollectionPass begun = new CollectionPass(shard, chosen, documents, graph, catalog.edgeTypes());
        pass = begun;
        return begun;
    }
}
