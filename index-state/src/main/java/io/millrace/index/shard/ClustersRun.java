package io.millrace.index.shard;

import io.millrace.index.cluster.RowClusters;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.fragment.ClusterColumns;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the clusters of an index; rows that were there before it are taken in first. */
final class ClustersRun implements OperationRun {
    private static final int ROWS_PER_STEP = 32;

    private final long indexId;
    private final List<Object[]> rows = new ArrayList<>();
    private @Nullable Shard shard;

    private ClustersRun(long indexId) {
        this.indexId = indexId;
    }

    /** @throws MillraceException if the index was dropped */
    static ClustersRun of(ReadClusters read, BoundCatalog catalog) throws MillraceException {
        return new ClustersRun(catalog.requiredIndex(read.indexId()).id());
    }

    @Override
    public Used begin(Shard newShard) {
        shard = newShard;
        return Used.NOTHING;
    }

    @Override
    public boolean step() {
        if (shard == null) {
            return false;
        }
        RowClusters clusters = shard.clusters().get(indexId);
        if (clusters != null && clusters.fill(ROWS_PER_STEP)) {
            return true;
        }
        List<RowClusters.Cluster> found = clusters == null ? List.of() : clusters.clusters();
        found.forEach(each -> rows.add(row(shard, each)));
        if (found.isEmpty()) {
            rows.add(row(shard, null));
        }
        return false;
    }

    private static @Nullable Object[] row(Shard shard, RowClusters.@Nullable Cluster cluster) {
        @Nullable Object[] row = new @Nullable Object[ClusterColumns.COUNT];
        row[ClusterColumns.SHARD] = (long) shard.number();
        row[ClusterColumns.CLUSTERS] = (long) shard.clusters().clusters();
        if (cluster != null) {
            row[ClusterColumns.LABEL] = (long) cluster.label();
            row[ClusterColumns.SIZE] = cluster.size();
            row[ClusterColumns.CENTROID] = cluster.centroid();
        }
        return row;
    }

    @Override
    public PartialResult.Rows finish() {
        return new PartialResult.Rows(rows, false, new FragmentStats(rows.size(), rows.size(), 0, 0, null, null));
    }
}
