package io.millrace.planner.run;

import io.millrace.planner.cluster.WeightedKMeans;
import io.millrace.planner.cluster.WeightedKMeans.Clusters;
import io.millrace.planner.cluster.WeightedKMeans.Point;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Reading.ClusterSource;
import io.millrace.planner.plan.Reading.Computed;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.ClusterColumns;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ClusterPlace;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the clusters of all shards, merges them to those of the whole job, and reads which of those rows are in. */
final class ClusterTask implements ShardTask {
    private final ClusterSource source;
    private final Computed read;
    private final @Nullable List<String> members;
    private final MemoryMeter memory;
    private final List<Object[]> shardClusters = new ArrayList<>();
    private final TopRows rows;
    private int wanted;
    private boolean merged;
    private boolean truncated;

    /** @param members the only keys that are asked for; null for all */
    ClusterTask(ClusterSource source, Computed read, @Nullable List<String> members, MemoryMeter memory) {
        this.source = source;
        this.read = read;
        this.members = members;
        this.memory = memory;
        Comparator<Object[]> order = (a, b) -> 0;
        for (OrderKey key : read.orderBy()) {
            order = order.thenComparing(Rows.by(shardPlace(key.column()), key.descending()));
        }
        rows = new TopRows(order.thenComparing(Rows.by(0, false)), read.limit().rows(), memory);
    }

    /** Shards give the key once, and the columns behind it. */
    private int shardPlace(int column) {
        return Math.max(0, column - read.keyColumn());
    }

    @Override
    public FragmentOperation start() {
        return new ReadClusters(source.indexId());
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        if (merged) {
            truncated |= partial.truncated();
            rows.add(partial.rows());
            return;
        }
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            wanted = Math.max(wanted, ((Long) row[ClusterColumns.CLUSTERS]).intValue());
            if (row[ClusterColumns.CENTROID] != null) {
                shardClusters.add(row);
            }
        }
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        if (merged) {
            return null;
        }
        if (wanted == 0) {
            throw new StepFailure(
                    ErrorCode.UNAVAILABLE,
                    "clusters are not kept: the job's configuration has millrace.clusters.count 0");
        }
        merged = true;
        return shardClusters.isEmpty() ? null : members();
    }

    private ReadClusterMembers members() {
        List<Point> points = shardClusters.stream()
                .map(row -> new Point((float[]) row[ClusterColumns.CENTROID], (Long) row[ClusterColumns.SIZE]))
                .toList();
        Clusters clusters = WeightedKMeans.of(points, wanted, source.indexId());
        List<ClusterPlace> places = new ArrayList<>();
        for (int i = 0; i < shardClusters.size(); i++) {
            Object[] row = shardClusters.get(i);
            int shard = ((Long) row[ClusterColumns.SHARD]).intValue();
            int label = ((Long) row[ClusterColumns.LABEL]).intValue();
            places.add(new ClusterPlace(shard, label, clusters.clusterOf()[i]));
        }
        places.sort(Comparator.comparingInt(ClusterPlace::shard).thenComparingInt(ClusterPlace::label));
        List<SortKey> orderBy = read.orderBy().stream()
                .map(key -> new SortKey(read.columns().get(key.column()).name(), key.descending()))
                .toList();
        return new ReadClusterMembers(
                source.indexId(),
                members,
                places,
                clusters.centroids(),
                clusters.sizes(),
                read.filter(),
                orderBy,
                read.limit().rows());
    }

    @Override
    public StepTable finish() throws StepFailure {
        boolean cut = truncated || rows.wasCut();
        List<Object[]> whole = new ArrayList<>();
        for (Object[] row : rows.sorted()) {
            memory.add(MemoryMeter.shellBytes(read.columns().size()));
            whole.add(whole(row));
        }
        return new StepTable(new ResultTable(read.columns(), whole, cut), false);
    }

    private Object[] whole(Object[] row) {
        Object[] whole = new Object[read.columns().size()];
        Arrays.fill(whole, 0, read.keyColumn(), row[0]);
        System.arraycopy(row, 0, whole, read.keyColumn(), row.length);
        return whole;
    }

    /** Without some shards, clusters would be others; their rows may be missing. */
    @Override
    public boolean canMissShards() {
        return merged;
    }
}
