package io.millrace.protocol.fragment;

/**
 * Places in the rows that shards give for {@link FragmentOperation.ReadClusters}. A shard that has no cluster gives one
 * row without label, size and centroid.
 */
public final class ClusterColumns {
    /** INT, as all but the centroid. */
    public static final int SHARD = 0;

    /** How many clusters the job is configured to tell apart; 0 where it keeps none. */
    public static final int CLUSTERS = 1;

    /** What the shard calls the cluster, as long as it has rows. */
    public static final int LABEL = 2;

    /** Live rows in it. */
    public static final int SIZE = 3;

    /** A VECTOR: the mean of its rows, in the space that the metric asks for. */
    public static final int CENTROID = 4;

    public static final int COUNT = 5;

    private ClusterColumns() {}
}
