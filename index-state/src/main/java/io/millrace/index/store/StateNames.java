package io.millrace.index.store;

import java.util.List;

/**
 * The names of all states of a shard. They are part of every savepoint: append only, and never use one again for
 * something else.
 */
public final class StateNames {
    /** Rows, by collection, or by collection, event type and hour. */
    public static final String DOCUMENTS = "documents";

    /** The bucket of each row of a collection that has buckets. */
    public static final String LOCATOR = "locator";

    /** The buckets that have rows, with their counts, and the greatest event time, by collection. */
    public static final String BUCKETS = "buckets";

    /** Vectors, by collection and field. */
    public static final String VECTORS = "vectors";

    /** Adjacency, by edge type, direction and vertex. */
    public static final String EDGES = "edges";

    /** Changes of edges that wait. */
    public static final String EDGES_PENDING = "edge-pending";

    /** Indexes of the hnswlib engine, in chunks, by index. */
    public static final String VECTOR_HNSWLIB = "vector-hnswlib";

    /** Rows of hnsw indexes, by index and version: which key, and which node has its vector. */
    public static final String VECTOR_ROWS = "vector-rows";

    /** Nodes of hnsw indexes, by index and version: levels and links. */
    public static final String VECTOR_NODES = "vector-nodes";

    /** Vectors of the nodes of hnsw indexes, by index and version. */
    public static final String VECTOR_VALUES = "vector-values";

    /** What an hnsw index knows beside its rows and nodes, by index and version. */
    public static final String VECTOR_META = "vector-meta";

    /** Rows whose change waits to reach a vector index, by index. */
    public static final String VECTOR_PENDING = "vector-pending";

    /** Rows whose text waits to be embedded, by the index that asks for it; and which indexes do. */
    public static final String VECTOR_EMBEDDING = "vector-embedding";

    /** How far each partition has been applied. */
    public static final String APPLIED = "applied";

    /** The shard's shape, what it has seen of the catalog, and which indexes are built. */
    public static final String SHARD_META = "shard-meta";

    /** Clusters of the vectors of an index, by index. */
    public static final String CLUSTERS = "clusters";

    /** The cluster of each row, by index. */
    public static final String CLUSTER_ROWS = "cluster-rows";

    /** Edges of types with a retention, by edge type and the hour in which they were last seen. */
    public static final String EDGE_HOURS = "edge-hours";

    /** By edge type with a retention: the hours that have edges, and the greatest time. */
    public static final String EDGE_TIMES = "edge-times";

    /** By edge type and direction: the vertices that have edges. */
    public static final String EDGE_VERTICES = "edge-vertices";

    public static final List<String> ALL = List.of(
            DOCUMENTS,
            LOCATOR,
            BUCKETS,
            VECTORS,
            EDGES,
            EDGES_PENDING,
            VECTOR_HNSWLIB,
            APPLIED,
            SHARD_META,
            VECTOR_ROWS,
            VECTOR_NODES,
            VECTOR_VALUES,
            VECTOR_META,
            VECTOR_PENDING,
            VECTOR_EMBEDDING,
            CLUSTERS,
            CLUSTER_ROWS,
            EDGE_HOURS,
            EDGE_TIMES,
            EDGE_VERTICES);

    private StateNames() {}
}
