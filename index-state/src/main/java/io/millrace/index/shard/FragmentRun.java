package io.millrace.index.shard;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.ShardStats;
import io.millrace.protocol.fragment.SourceProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A fragment on its way over the shards of a subtask: run in slices, answered by one partial, in parts where it is long. */
final class FragmentRun {
    /** What others at the coordinator must wait for at a time. */
    private static final int ROWS_PER_PART = 1_024;

    private final Fragment fragment;
    private final List<Shard> shards;
    private final OperationRun operation;
    private final List<ShardCertificate> certificates = new ArrayList<>();
    private OperationRun.Used used = OperationRun.Used.NOTHING;
    private List<SourceProgress> started = List.of();
    private boolean onShard;
    private PartialResult.@Nullable Rows rows;
    private int sent;
    private int parts;
    private long elapsedNanos;
    private int slices;
    private final List<ShardStats> shardStats = new ArrayList<>();
    private long shardNanos;
    private long rowsReadBefore;

    private FragmentRun(Fragment fragment, List<Shard> shards, OperationRun operation) {
        this.fragment = fragment;
        this.shards = shards;
        this.operation = operation;
    }

    /** @throws MillraceException if what the fragment asks about is gone */
    static FragmentRun of(Fragment fragment, List<Shard> shards, BoundCatalog catalog) throws MillraceException {
        FragmentOperation operation = fragment.operation();
        return new FragmentRun(
                fragment, shards, run(operation, catalog, !fragment.minOffsets().isEmpty()));
    }

    /** @throws MillraceException if what the operation asks about is gone */
    static void check(FragmentOperation operation, BoundCatalog catalog) throws MillraceException {
        var unused = run(operation, catalog, false);
    }

    private static OperationRun run(FragmentOperation operation, BoundCatalog catalog, boolean includePending)
            throws MillraceException {
        if (operation instanceof FragmentOperation.ScanDocuments scan) {
            return new ScanRun(scan, catalog.required(scan.selection().collectionId()));
        }
        if (operation instanceof FragmentOperation.FetchDocuments fetch) {
            return new FetchRun(fetch, catalog.required(fetch.selection().collectionId()));
        }
        if (operation instanceof FragmentOperation.SearchVectors search) {
            return SearchRun.of(search, catalog.required(search.selection().collectionId()), includePending);
        }
        if (operation instanceof FragmentOperation.AggregateDocuments aggregate) {
            return new AggregateRun(
                    aggregate, catalog.required(aggregate.selection().collectionId()));
        }
        if (operation instanceof FragmentOperation.ReadIndexStatus read) {
            return StatusRun.of(read, catalog);
        }
        if (operation instanceof FragmentOperation.ExpandVertices expand) {
            return ExpandRun.of(expand, catalog, includePending);
        }
        return computed(operation, catalog, includePending);
    }

    /** What {@code compute.read} and patterns ask for. */
    private static OperationRun computed(FragmentOperation operation, BoundCatalog catalog, boolean includePending)
            throws MillraceException {
        if (operation instanceof FragmentOperation.ReadStatistics read) {
            return StatisticsRun.of(read, catalog);
        }
        if (operation instanceof FragmentOperation.CountEdges count) {
            return CountEdgesRun.of(count, catalog, includePending);
        }
        if (operation instanceof FragmentOperation.TopDegrees top) {
            return TopDegreesRun.of(top, catalog, includePending);
        }
        if (operation instanceof FragmentOperation.ReadClusters read) {
            return ClustersRun.of(read, catalog);
        }
        if (operation instanceof FragmentOperation.ReadClusterMembers read) {
            return ClusterMembersRun.of(read, catalog);
        }
        if (operation instanceof FragmentOperation.ExpandEdges expand) {
            return ExpandEdgesRun.of(expand, catalog, includePending);
        }
        if (operation instanceof FragmentOperation.ScanVertices scan) {
            return VerticesRun.of(scan, catalog, includePending);
        }
        throw new IllegalStateException("no run for " + operation);
    }

    Fragment fragment() {
        return fragment;
    }

    /** Returns how often it had a turn. */
    int slices() {
        return slices;
    }

    /** Runs until the answer is given or the budget is used up, at least one step, and returns whether more is left. */
    boolean runSlice(Budget budget, Consumer<Partial> answers) {
        slices++;
        do {
            long start = System.nanoTime();
            boolean computed = compute();
            elapsedNanos += System.nanoTime() - start;
            if (computed && !send(answers)) {
                return false;
            }
        } while (!budget.exhausted());
        return true;
    }

    /** Does a step of the work and returns whether the rows are there. */
    private boolean compute() {
        boolean onShards = certificates.size() < shards.size() && step();
        if (!onShards && rows == null && !operation.prepare()) {
            rows = operation.finish();
        }
        return rows != null;
    }

    /** Gives the next part of the answer, and returns whether another follows. */
    private boolean send(Consumer<Partial> answers) {
        PartialResult.Rows all = Objects.requireNonNull(rows);
        List<Object[]> left = all.rows().subList(sent, all.rows().size());
        if (left.size() > ROWS_PER_PART) {
            answers.accept(answer(
                    fragment, shards, List.of(), new PartialResult.Part(parts++, left.subList(0, ROWS_PER_PART))));
            sent += ROWS_PER_PART;
            return true;
        }
        PartialResult.Rows rest =
                new PartialResult.Rows(left, all.truncated(), all.stats().timed(elapsedNanos, shardStats));
        answers.accept(answer(fragment, shards, certificates, rest));
        return false;
    }

    private boolean step() {
        long start = System.nanoTime();
        Shard shard = shards.get(certificates.size());
        if (!onShard) {
            started = shard.applied().snapshot();
            used = operation.begin(shard);
            onShard = true;
        }
        boolean more = operation.step();
        shardNanos += System.nanoTime() - start;
        if (!more) {
            certificates.add(certificate(shard));
            shardStats.add(stats(shard));
            onShard = false;
        }
        return certificates.size() < shards.size();
    }

    /** Returns what the shard took that is done. */
    private ShardStats stats(Shard shard) {
        long rowsRead = operation.rowsRead();
        ShardStats stats = new ShardStats(shard.number(), rowsRead < 0 ? -1 : rowsRead - rowsReadBefore, shardNanos);
        rowsReadBefore = rowsRead;
        shardNanos = 0;
        return stats;
    }

    private ShardCertificate certificate(Shard shard) {
        return new ShardCertificate(
                shard.number(),
                shard.applied().until(started),
                used.indexVersion(),
                used.mode(),
                used.pendingRows(),
                used.staleRows());
    }

    static Partial answer(
            Fragment fragment, List<Shard> shards, List<ShardCertificate> certificates, PartialResult result) {
        List<Integer> numbers = new ArrayList<>(shards.size());
        for (Shard shard : shards) {
            numbers.add(shard.number());
        }
        return new Partial(
                fragment.requestId(),
                fragment.attempt(),
                fragment.step(),
                fragment.round(),
                numbers,
                certificates,
                result);
    }

    /** Returns what the work was and cost, once it is done; null before. */
    @Nullable FragmentStats done() {
        PartialResult.Rows all = rows;
        return all == null ? null : all.stats().timed(elapsedNanos, shardStats);
    }

    void close() {
        operation.close();
    }
}
