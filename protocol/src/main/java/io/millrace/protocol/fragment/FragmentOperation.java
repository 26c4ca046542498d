package io.millrace.protocol.fragment;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every shard does of a step. Beside the fields of the collection, columns may name {@link #ID} (the key: a Long
 * for an INT key, else the canonical string), {@link #ROW_ID}, {@link #TIMESTAMP} (the event time, epoch ms) and {@link
 * #EVENT_TYPE}, unless the collection has a field of that name.
 */
public sealed interface FragmentOperation {
    String ID = "id";
    /** The {@link io.millrace.protocol.ShardRouting#rowId}, a STRING. */
    String ROW_ID = "row_id";

    String TIMESTAMP = "@timestamp";
    String EVENT_TYPE = "event_type";

    /**
     * Scans rows: each result row is the key and then the columns, in the order of {@code orderBy} and then of the key,
     * at most {@code limit}.
     */
    record ScanDocuments(DocumentSelection selection, List<String> columns, List<SortKey> orderBy, int limit)
            implements FragmentOperation {
        public ScanDocuments {
            columns = List.copyOf(columns);
            orderBy = List.copyOf(orderBy);
        }
    }

    /**
     * Reads rows by their canonical keys: each result row is the key and then the columns, in the order of the keys; one
     * that is missing or not selected gives none.
     */
    record FetchDocuments(DocumentSelection selection, List<String> keys, List<String> columns)
            implements FragmentOperation {
        public FetchDocuments {
            keys = List.copyOf(keys);
            columns = List.copyOf(columns);
        }

        public FetchDocuments(long collectionId, List<String> keys, List<String> columns) {
            this(DocumentSelection.all(collectionId), keys, columns);
        }
    }

    /**
     * Finds the {@code k} rows whose vectors score best: each result row is the key, the value of the metric (a
     * Double) and then the columns, best first, ties by key.
     *
     * @param indexId the index to use; null where there is none, and every row is scored from state
     * @param exact whether every live row is scored even where an index could preselect
     * @param efSearch beam of the preselection; alpha candidates per row asked for
     * @param keys which rows can be found beside those that {@code selection} leaves out; null for all
     * @param farthest whether the rows that score worst are found, worst first; every live row is scored then
     */
    record SearchVectors(
            DocumentSelection selection,
            String field,
            @Nullable Long indexId,
            Metric metric,
            float[] query,
            int k,
            List<String> columns,
            boolean exact,
            int efSearch,
            double alpha,
            @Nullable RowKeys keys,
            boolean farthest)
            implements FragmentOperation {
        public SearchVectors {
            columns = List.copyOf(columns);
        }

        public SearchVectors(
                DocumentSelection selection,
                String field,
                @Nullable Long indexId,
                Metric metric,
                float[] query,
                int k,
                List<String> columns,
                boolean exact,
                int efSearch,
                double alpha) {
            this(selection, field, indexId, metric, query, k, columns, exact, efSearch, alpha, null, false);
        }

        /** Returns the same search among other rows, or for those at the other end. */
        public SearchVectors among(@Nullable RowKeys newKeys, boolean newFarthest) {
            return new SearchVectors(
                    selection, field, indexId, metric, query, k, columns, exact, efSearch, alpha, newKeys, newFarthest);
        }

        /** Returns the same search for another vector and another number of rows. */
        public SearchVectors withQuery(float[] newQuery, int newK) {
            return new SearchVectors(
                    selection, field, indexId, metric, newQuery, newK, columns, exact, efSearch, alpha, keys, farthest);
        }
    }

    /**
     * The rows that a search can find.
     *
     * @param keys canonical keys
     * @param excluded whether these are the rows that it cannot find
     */
    record RowKeys(List<String> keys, boolean excluded) {
        public RowKeys {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Reads the neighbours of vertices: each result row is the place of the vertex in {@code vertices} (Long), the
     * place of the lookup in {@code lookups} (Long) and the canonical key of the neighbour, in that order.
     *
     * @param edgeFilter over the properties of the edge
     * @param timeRange of the edge's event time; null for all
     * @param neighboursMax result rows a shard may give for all vertices together; beyond, the result is truncated
     */
    record ExpandVertices(
            List<Vertex> vertices,
            List<EdgeLookup> lookups,
            Predicate edgeFilter,
            @Nullable TimeRange timeRange,
            int neighboursMax)
            implements FragmentOperation {
        public ExpandVertices {
            vertices = List.copyOf(vertices);
            lookups = List.copyOf(lookups);
        }
    }

    /**
     * Reads how vector indexes stand: one result row a shard and index, in the order of shards and then of ids, with the
     * columns that {@link IndexStatusColumns} names.
     *
     * @param indexId null for all
     */
    record ReadIndexStatus(@Nullable Long indexId) implements FragmentOperation {}

    /**
     * Groups rows where they are, so that no row is moved: the result rows are as {@link Grouping} lays them out, in no
     * promised order.
     *
     * @param bytesMax approximate bytes that the groups of one partial may take; beyond, the operation fails
     */
    record AggregateDocuments(DocumentSelection selection, List<Grouping> groupings, long bytesMax)
            implements FragmentOperation {
        public AggregateDocuments {
            groupings = List.copyOf(groupings);
        }
    }

    /**
     * Counts the rows of collections, and tells what was measured of them before: one result row for each event type of a
     * collection that has rows in a shard, and one for each collection, laid out as {@link StatisticsColumns} says.
     */
    record ReadStatistics(List<Long> collectionIds) implements FragmentOperation {
        public ReadStatistics {
            collectionIds = List.copyOf(collectionIds);
        }
    }

    /**
     * Counts the edges of vertices of one collection, parallel ones each: a result row is the place of the vertex in
     * {@code keys} (Long) and for each lookup the number of edges (Long). A vertex without edges has a row of zeros.
     *
     * @param lookups all of collection 0
     */
    record CountEdges(List<String> keys, List<EdgeLookup> lookups) implements FragmentOperation {
        public CountEdges {
            keys = List.copyOf(keys);
            lookups = List.copyOf(lookups);
        }
    }

    /**
     * Finds the vertices of a collection that have the most edges of all lookups together, parallel ones each, whether they
     * have a row or not: a result row is the canonical key and for each lookup the number of edges (Long). The most come
     * first, ties by key; a vertex without such edges is none.
     *
     * @param lookups all of collection 0
     * @param k result rows that shards give at most
     */
    record TopDegrees(long collectionId, List<EdgeLookup> lookups, int k) implements FragmentOperation {
        public TopDegrees {
            lookups = List.copyOf(lookups);
        }
    }

    /**
     * Reads the edges of vertices, parallel ones each: a result row is the place of the vertex in {@code vertices} (Long),
     * the place of the lookup in {@code lookups} (Long), the canonical key of the neighbour, the id of the edge (null
     * where it has none), and then the columns, in the order of these four.
     *
     * @param edgeFilter over what {@code columns} can name
     * @param columns properties of the edge, and where no property has the name also {@code type}, {@code weight},
     *     {@code first_seen}, {@code last_seen}, {@link #ID} and {@link #TIMESTAMP}
     * @param edgesMax result rows a shard may give for all vertices together; beyond, the result is truncated
     */
    record ExpandEdges(
            List<Vertex> vertices, List<EdgeLookup> lookups, Predicate edgeFilter, List<String> columns, int edgesMax)
            implements FragmentOperation {
        public ExpandEdges {
            vertices = List.copyOf(vertices);
            lookups = List.copyOf(lookups);
            columns = List.copyOf(columns);
        }
    }

    /**
     * Finds the vertices that have an edge which one of the lookups sees, whether they have a row or not: a result row is
     * the place of the collection (Long) and the canonical key, each once, in this order.
     *
     * @param limit result rows a shard may give; beyond, the result is truncated
     */
    record ScanVertices(List<EdgeLookup> lookups, int limit) implements FragmentOperation {
        public ScanVertices {
            lookups = List.copyOf(lookups);
        }
    }

    /** Reads the clusters that shards keep of the vectors of an index, laid out as {@link ClusterColumns} says. */
    record ReadClusters(long indexId) implements FragmentOperation {}

    /**
     * Reads which cluster of the whole job rows are in: a result row is the key, the number of the cluster (Long), the
     * value of the index's metric between the row's vector and the cluster's centroid (Double), and the cluster's size
     * (Long), in the order of {@code orderBy} and then of the key, at most {@code limit}.
     *
     * @param keys the canonical keys of the rows to read; null for all
     * @param places which clusters of shards make up which cluster of the job
     * @param centroids by number of the cluster, in the space that shards cluster in; {@code sizes} likewise
     * @param filter and {@code orderBy} name {@link #CLUSTER}, {@link #DISTANCE} and {@link #SIZE}; any other name is the
     *     key
     */
    record ReadClusterMembers(
            long indexId,
            @Nullable List<String> keys,
            List<ClusterPlace> places,
            List<float[]> centroids,
            List<Long> sizes,
            Predicate filter,
            List<SortKey> orderBy,
            int limit)
            implements FragmentOperation {
        public static final String CLUSTER = "cluster";
        public static final String DISTANCE = "distance";
        public static final String SIZE = "size";

        public ReadClusterMembers {
            keys = keys == null ? null : List.copyOf(keys);
            places = List.copyOf(places);
            centroids = List.copyOf(centroids);
            sizes = List.copyOf(sizes);
            orderBy = List.copyOf(orderBy);
        }
    }

    /**
     * Where a cluster of a shard belongs.
     *
     * @param label what the shard calls it
     * @param cluster number of the cluster of the whole job
     */
    record ClusterPlace(int shard, int label, int cluster) {}

    /** @param collection place of the vertex's collection among those that the lookups name */
    record Vertex(int collection, String key) {}

    /**
     * One kind of edge to follow from the vertices of one collection.
     *
     * @param outgoing from start to end of the edge, or against it
     */
    record EdgeLookup(int collection, long edgeTypeId, boolean outgoing) {}
}
