package io.millrace.index.shard;

import io.millrace.index.aggregate.AggregateException;
import io.millrace.index.document.DroppedCounters;
import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of one subtask: takes changes and the catalog, answers fragments. Used by one thread, which calls
 * {@link #runSlice} while that returns true, {@link #runBackground} when {@link #nextDeadlineMs} says so, and
 * {@link #flush} before every barrier, and {@link #close} before the state goes.
 *
 * <p>What one event or request does wrong stops no other; a fault in our own bytes in state, met by a change, is thrown.
 */
public final class ShardSet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSet.class);

    private final ShardSettings settings;
    private final ShardOutputs outputs;
    private final LongSupplier clock;
    private final Map<Integer, Shard> shards = new TreeMap<>();
    private final List<Shard> shardList;
    private final ParkedFragments parked;
    private final RunQueue running = new RunQueue();
    private final WorkCosts costs = new WorkCosts();
    private BoundCatalog catalog = BoundCatalog.EMPTY;
    private long costsToldMs;

    /**
     * Opens the shards, with what their storage holds.
     *
     * @param storages the storage of a shard by its number
     * @param clock epoch milliseconds
     * @throws IllegalStateException if the state is of a job of another shape
     */
    public ShardSet(
            ShardSettings settings, IntFunction<ShardStorage> storages, ShardOutputs outputs, LongSupplier clock) {
        this(settings, storages, outputs, TextEmbedder.NONE, clock);
    }

    /** The same with an embedder for the texts of rows. */
    public ShardSet(
            ShardSettings settings,
            IntFunction<ShardStorage> storages,
            ShardOutputs outputs,
            TextEmbedder embedder,
            LongSupplier clock) {
        this(settings, storages, outputs, embedder, clock, System::nanoTime);
    }

    /** The same with a stopwatch, in nanoseconds, by which statistics rest for as long as their steps ask for. */
    ShardSet(
            ShardSettings settings,
            IntFunction<ShardStorage> storages,
            ShardOutputs outputs,
            TextEmbedder embedder,
            LongSupplier clock,
            LongSupplier stopwatch) {
        this.settings = settings;
        this.outputs = outputs;
        this.clock = clock;
        Shard.Surroundings surroundings = new Shard.Surroundings(
                settings, outputs, embedder, new VectorMemory(settings.vectorMemoryMax()), clock, stopwatch);
        settings.shards()
                .forEach(number -> shards.put(number, new Shard(number, storages.apply(number), surroundings)));
        shardList = List.copyOf(shards.values());
        parked = new ParkedFragments(shardList);
    }

    /**
     * Takes a new version of the catalog; fragments that waited for it start. A fragment between two slices whose
     * collection or edge type is gone now is answered NOT_FOUND: the background takes the rows away, and what it would
     * still find is part of an answer and no answer. Other fragments go on as they began.
     */
    public void catalogChanged(Catalog newCatalog) {
        catalog = new BoundCatalog(newCatalog);
        shardList.forEach(shard -> shard.bind(catalog));
        running.removeIf(this::failIfGone);
        release();
    }

    private boolean failIfGone(FragmentRun run) {
        try {
            FragmentRun.check(run.fragment().operation(), catalog);
            return false;
        } catch (MillraceException gone) {
            run.close();
            fail(run.fragment(), gone.problems());
            return true;
        }
    }

    /**
     * Applies mutations or a marker to their shard; fragments that waited for it start. Returns whether it may have brought
     * {@link #nextDeadlineMs} nearer, so that this is not computed for every change.
     */
    public boolean apply(ShardInput input) {
        Shard shard = shards.get(input.shard());
        if (shard == null) {
            throw new IllegalStateException("shard " + input.shard() + " is not of this subtask: " + shards.keySet());
        }
        if (input instanceof RoutedMutation mutation) {
            shard.apply(mutation);
        } else if (input instanceof MutationBatch batch) {
            batch.mutations().forEach(shard::apply);
        } else {
            shard.apply((ProgressMarker) input);
        }
        if (!parked.isEmpty()) {
            release();
        }
        return !(input instanceof ProgressMarker) && shard.hasPending();
    }

    /** Takes the vectors of a batch of texts, in its order; {@link #runBackground} applies them. */
    public void embedded(EmbeddingBatch batch, List<float[]> vectors) {
        own(batch.shard()).embeddings().embedded(batch, vectors, clock.getAsLong());
    }

    /** Takes that a batch of texts has no vectors; they are tried again later. */
    public void notEmbedded(EmbeddingBatch batch) {
        own(batch.shard()).embeddings().notEmbedded(batch, clock.getAsLong());
    }

    /** Returns how many rows wait to be embedded. */
    public long pendingEmbeddings() {
        return shardList.stream()
                .mapToLong(shard -> shard.embeddings().pending())
                .sum();
    }

    /** Takes a fragment and runs its first slice, unless it must wait or has expired. */
    public void submit(Fragment fragment) {
        boolean concerns = !shardList.isEmpty() && fragment.deadlineMs() >= clock.getAsLong();
        if (concerns && parked.admit(fragment, catalog.catalog().version(), this::tellWaiting)) {
            start(fragment);
        }
    }

    private void release() {
        parked.release(catalog.catalog().version(), clock.getAsLong(), this::tellWaiting)
                .forEach(this::start);
    }

    private void tellWaiting(Fragment fragment, PartialResult.Waiting waiting) {
        outputs.partial(FragmentRun.answer(fragment, shardList, List.of(), waiting));
    }

    private void start(Fragment fragment) {
        try {
            FragmentRun run = FragmentRun.of(fragment, shardList, catalog);
            if (advance(run, settings.firstSliceNanos())) {
                running.add(run);
            }
        } catch (MillraceException refused) {
            fail(fragment, refused.problems());
        } catch (RuntimeException fault) {
            failInternally(fragment, fault);
        }
    }

    /** Runs one slice of the fragment that is next, and returns whether any fragment has more to do. */
    public boolean runSlice(long budgetNanos) {
        FragmentRun run = running.poll();
        if (run == null) {
            return false;
        }
        if (run.fragment().deadlineMs() < clock.getAsLong()) {
            run.close();
        } else if (advance(run, budgetNanos)) {
            running.add(run);
        }
        return !running.isEmpty();
    }

    /** Returns whether {@link #runSlice} has something to do. */
    public boolean hasRunning() {
        return !running.isEmpty();
    }

    /** Returns whether a fragment of another request has more to do. */
    public boolean isBusyFor(String otherThanRequestId) {
        return running.hasOtherThan(otherThanRequestId);
    }

    /** Returns whether there are fragments under way, of which every one has taken many slices. */
    public boolean hasOnlyLong() {
        return running.hasOnlyLong();
    }

    private boolean advance(FragmentRun run, long budgetNanos) {
        boolean more = false;
        try {
            more = run.runSlice(Budget.ofNanos(budgetNanos), outputs::partial);
        } catch (AggregateException refused) {
            more = false;
            fail(run.fragment(), List.of(Problem.of(refused.code(), String.valueOf(refused.getMessage()))));
        } catch (RuntimeException fault) {
            more = false;
            failInternally(run.fragment(), fault);
        } finally {
            if (!more) {
                run.close();
            }
        }
        FragmentStats done = more ? null : run.done();
        if (done != null) {
            costs.see(run.fragment().operation(), done);
            tellCosts();
        }
        return more;
    }

    private void tellCosts() {
        long intervalMs = settings.statisticsIntervalMs();
        if (intervalMs > 0 && clock.getAsLong() - costsToldMs >= intervalMs) {
            costsToldMs = clock.getAsLong();
            OfWork told = costs.take(shardList.get(0).number());
            if (told != null) {
                outputs.statistics(told);
            }
        }
    }

    private void failInternally(Fragment fragment, RuntimeException fault) {
        LOG.warn("request {} step {}: a fragment failed", fragment.requestId(), fragment.step(), fault);
        fail(
                fragment,
                List.of(Problem.of(
                        ErrorCode.INTERNAL,
                        "shards " + shards.keySet() + ": " + fault.getClass().getSimpleName() + ": "
                                + fault.getMessage())));
    }

    private void fail(Fragment fragment, List<Problem> problems) {
        outputs.partial(FragmentRun.answer(fragment, shardList, List.of(), new PartialResult.Failed(problems)));
    }

    /**
     * Does what no input asks for: edges that are due, indexes that are built, dropped things that are removed, expired
     * fragments. Returns whether more is to be done at once.
     */
    public boolean runBackground(long budgetNanos) {
        if (!parked.isEmpty()) {
            release();
        }
        Budget budget = Budget.ofNanos(budgetNanos);
        boolean more;
        do {
            more = false;
            for (Shard shard : shardList) {
                more |= shard.runBackgroundStep();
            }
        } while (more && !budget.exhausted());
        if (!parked.isEmpty()) {
            release();
        }
        return more;
    }

    /** Returns when {@link #runBackground} has something to do: not above now for at once, the largest for never. */
    public long nextDeadlineMs() {
        long next = parked.nextDeadlineMs();
        for (Shard shard : shardList) {
            next = Math.min(next, shard.nextDueMs());
        }
        return next;
    }

    /** Writes what is kept in memory to state; called before every barrier. */
    public void flush() {
        shardList.forEach(Shard::flush);
    }

    /** Lets go of what is held open in state; not to be used afterwards. */
    @Override
    public void close() {
        running.clear(FragmentRun::close);
        shardList.forEach(Shard::close);
    }

    /** Returns the version of the catalog that fragments run against. */
    public long catalogVersion() {
        return catalog.catalog().version();
    }

    /** Returns how every vector index stands, by shard and id. */
    public List<IndexStatus> indexStatus() {
        return shardList.stream().flatMap(shard -> shard.indexStatus().stream()).toList();
    }

    /** Returns what a shard of this subtask left out of rows, since it was opened. */
    public DroppedCounters counters(int shard) {
        return own(shard).counters();
    }

    private Shard own(int shard) {
        Shard own = shards.get(shard);
        if (own == null) {
            throw new IllegalArgumentException("shard " + shard + " is not of this subtask: " + shards.keySet());
        }
        return own;
    }
}
