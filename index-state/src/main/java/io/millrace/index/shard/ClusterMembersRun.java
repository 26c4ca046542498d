package io.millrace.index.shard;

import io.millrace.index.cluster.RowClusters;
import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.RowFilter;
import io.millrace.index.document.RowObserver;
import io.millrace.index.store.Bytes;
import io.millrace.index.vector.Distance;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation.ClusterPlace;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads which cluster of the whole job rows are in, and how far from its centroid. A row that came into a cluster which
 * was not there when the job's clusters were made goes to the nearest of those.
 */
final class ClusterMembersRun implements OperationRun {
    private static final int ROWS_PER_STEP = 32;

    /** Keys, most of them of other shards, that one step looks at. */
    private static final int LOOKED_AT_PER_STEP = 1_024;

    private static final int KEY = 0;
    private static final int CLUSTER = 1;
    private static final int DISTANCE = 2;
    private static final int SIZE = 3;

    private final ReadClusterMembers read;
    private final Metric metric;
    private final CollectionBinding collection;
    private final Comparator<Object[]> order;
    private final PriorityQueue<Object[]> lastFirst;
    private final Map<Shard, Deletions> deletions = new HashMap<>();
    private final Map<Integer, Integer> clusterOfLabel = new HashMap<>();
    private @Nullable Shard shard;
    private RowClusters.@Nullable Rows all;
    private int next;
    private long rowsRead;
    private long rowsMatched;
    private long distances;

    /** Rows of one shard that are deleted between slices. */
    private final class Deletions implements RowObserver {
        private final Set<String> keys = new HashSet<>();

        @Override
        public void moved(CollectionBinding of, byte[] key, byte[] row) {
            // It is in the same cluster still.
        }

        @Override
        public void deleted(CollectionBinding of, byte[] key, byte @Nullable [] row) {
            if (of.id() == collection.id()) {
                keys.add(Bytes.text(key));
            }
        }
    }

    private ClusterMembersRun(ReadClusterMembers read, Metric metric, CollectionBinding collection) {
        this.read = read;
        this.metric = metric;
        this.collection = collection;
        order = order(read.orderBy());
        lastFirst = new PriorityQueue<>(order.reversed());
    }

    private static Comparator<Object[]> order(List<SortKey> orderBy) {
        Comparator<Object[]> byKey = Comparator.comparing(row -> row[KEY], ValueOrder.ASCENDING);
        Comparator<Object[]> order = (a, b) -> 0;
        for (SortKey key : orderBy) {
            int place = place(key.column());
            Comparator<Object[]> next = Comparator.comparing(row -> row[place], ValueOrder.ASCENDING);
            order = order.thenComparing(key.descending() ? next.reversed() : next);
        }
        return order.thenComparing(byKey);
    }

    private static int place(String column) {
        return switch (column) {
            case ReadClusterMembers.CLUSTER -> CLUSTER;
            case ReadClusterMembers.DISTANCE -> DISTANCE;
            case ReadClusterMembers.SIZE -> SIZE;
            default -> KEY;
        };
    }

    /** @throws MillraceException if the index was dropped */
    static ClusterMembersRun of(ReadClusterMembers read, BoundCatalog catalog) throws MillraceException {
        VectorIndexDefinition index = catalog.requiredIndex(read.indexId());
        CollectionBinding collection = catalog.collection(index.collection());
        if (collection == null) {
            throw new MillraceException(
                    ErrorCode.NOT_FOUND_COLLECTION, "the collection was dropped while the request was on its way");
        }
        return new ClusterMembersRun(read, index.metric(), collection);
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        next = 0;
        clusterOfLabel.clear();
        for (ClusterPlace place : read.places()) {
            if (place.shard() == newShard.number()) {
                clusterOfLabel.put(place.label(), place.cluster());
            }
        }
        Deletions watch = new Deletions();
        newShard.documents().observe(watch);
        deletions.put(newShard, watch);
        RowClusters rows = newShard.clusters().get(read.indexId());
        all = rows == null || read.keys() != null ? null : rows.rows();
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        RowClusters rows = shard == null ? null : shard.clusters().get(read.indexId());
        if (shard == null || rows == null) {
            return false;
        }
        return read.keys() == null ? scan(shard, rows) : fetch(shard, rows, read.keys());
    }

    private boolean scan(Shard on, RowClusters rows) {
        for (int i = 0; all != null && i < ROWS_PER_STEP; i++) {
            if (!all.next()) {
                return false;
            }
            take(on, rows, all.key());
        }
        return all != null;
    }

    private boolean fetch(Shard on, RowClusters rows, List<String> keys) {
        int end = Math.min(keys.size(), next + LOOKED_AT_PER_STEP);
        for (int taken = 0; next < end && taken < ROWS_PER_STEP; next++) {
            if (on.owns(keys.get(next))) {
                take(on, rows, Bytes.utf8(keys.get(next)));
                taken++;
            }
        }
        return next < keys.size();
    }

    private void take(Shard on, RowClusters rows, byte[] key) {
        rowsRead++;
        int label = rows.label(key);
        float[] vector = label == RowClusters.NONE ? null : rows.vector(key);
        if (vector == null) {
            return;
        }
        Integer known = clusterOfLabel.get(label);
        int cluster = known == null ? nearest(rows.inSpace(vector)) : known;
        if (cluster < 0) {
            return;
        }
        Member row = new Member(on, Bytes.text(key));
        Object[] values = {
            RowFilter.key(collection, row.key),
            (long) cluster,
            distance(vector, cluster),
            read.sizes().get(cluster),
            row
        };
        Predicate.Row fields = name -> values[place(name)];
        if (PredicateEvaluator.matches(read.filter(), fields)) {
            rowsMatched++;
            offer(values);
        }
    }

    /** Where a row of the answer came from; behind its values while it is here. */
    private record Member(Shard shard, String key) {}

    private void offer(Object[] row) {
        // One more than the limit, to know of.
        Object[] last = lastFirst.size() <= read.limit() ? null : lastFirst.peek();
        if (last == null) {
            lastFirst.add(row);
        } else if (order.compare(row, last) < 0) {
            lastFirst.poll();
            lastFirst.add(row);
        }
    }

    private double distance(float[] vector, int cluster) {
        distances++;
        float[] centroid = read.centroids().get(cluster);
        return Distance.score(metric, vector, centroid);
    }

    private int nearest(float[] vector) {
        int nearest = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int cluster = 0; cluster < read.centroids().size(); cluster++) {
            double distance = Distance.score(Metric.L2, vector, read.centroids().get(cluster));
            distances++;
            if (distance < least) {
                least = distance;
                nearest = cluster;
            }
        }
        return nearest;
    }

    @Override
    public long rowsRead() {
        return rowsRead;
    }

    @Override
    public PartialResult.Rows finish() {
        List<Object[]> kept = new ArrayList<>(lastFirst);
        kept.sort(order);
        boolean truncated = kept.size() > read.limit();
        List<Object[]> rows = new ArrayList<>();
        for (Object[] row : truncated ? kept.subList(0, read.limit()) : kept) {
            if (!isGone((Member) row[SIZE + 1])) {
                rows.add(new Object[] {row[KEY], row[CLUSTER], row[DISTANCE], row[SIZE]});
            }
        }
        FragmentStats stats = new FragmentStats(rowsRead, rowsMatched, distances, 0, null, null);
        return new PartialResult.Rows(rows, truncated, stats);
    }

    private boolean isGone(Member member) {
        Deletions since = deletions.get(member.shard);
        RowClusters rows = member.shard.clusters().get(read.indexId());
        return since != null
                && since.keys.contains(member.key)
                && (rows == null || rows.label(Bytes.utf8(member.key)) == RowClusters.NONE);
    }

    @Override
    public void close() {
        deletions.forEach((on, watch) -> on.documents().unobserve(watch));
    }
}
