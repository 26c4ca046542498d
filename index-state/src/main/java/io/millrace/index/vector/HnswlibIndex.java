package io.millrace.index.vector;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The graph of hnswlib-core, stored as a whole: every checkpoint behind a change writes all of it, so this is for
 * comparison and for small indexes. The library draws the level of a node at random, so two indexes built from the same
 * vectors differ; one that was restored is the one that was stored. It only marks a node that is removed or replaced: such
 * tombstones take memory until another version is built.
 */
public final class HnswlibIndex implements ApproximateIndex {
    private static final int CAPACITY_FIRST = 1_024;

    /** Beside the chunks of the stream, which are numbered from 0: the number of tombstones, 8 bytes. */
    private static final byte[] TOMBSTONES_KEY = Bytes.ofLong(-1);

    /** A vector as the library keeps it. Its serial form is in state: never change it. */
    record Node(String id, float[] vector, long version) implements Item<String, float[]> {
        private static final long serialVersionUID = 1;

        @Override
        public int dimensions() {
            return vector.length;
        }
    }

    /** Smaller is closer. The names are in state: append only. */
    private enum Closeness implements DistanceFunction<float[], Double> {
        L2(Metric.L2),
        COSINE(Metric.COSINE),
        IP(Metric.IP);

        private final Metric metric;

        Closeness(Metric metric) {
            this.metric = metric;
        }

        @Override
        public Double distance(float[] a, float[] b) {
            double score = Distance.score(metric, a, b);
            return metric.ascending() ? score : -score;
        }
    }

    private final KeyValueStore store;
    private final byte[] namespace;
    private final HnswIndex<String, float[], Node, Double> graph;
    private final Metric metric;
    private long version;
    private long tombstones;

    /** Nodes that the library has, tombstones included, or more. */
    private long nodesMax;

    private boolean dirty;

    private HnswlibIndex(
            KeyValueStore store,
            byte[] namespace,
            Metric metric,
            HnswIndex<String, float[], Node, Double> graph,
            long version) {
        this.metric = metric;
        this.store = store;
        this.namespace = namespace;
        this.graph = graph;
        this.version = version;
        nodesMax = graph.size();
    }

    /** Returns an empty index that is kept in {@code store}. */
    public static HnswlibIndex create(VectorIndexDefinition definition, KeyValueStore store, byte[] namespace) {
        HnswIndex<String, float[], Node, Double> graph = HnswIndex.newBuilder(
                        definition.dimension(),
                        Closeness.valueOf(definition.metric().name()),
                        CAPACITY_FIRST)
                .withM(definition.m())
                .withEfConstruction(definition.efConstruction())
                .withEf(definition.efSearch())
                .withRemoveEnabled()
                .build();
        return new HnswlibIndex(store, namespace, definition.metric(), graph, 0);
    }

    /** Returns the index as it was stored. */
    public static HnswlibIndex restore(VectorIndexDefinition definition, KeyValueStore store, byte[] namespace) {
        try (InputStream in = new ChunkInput(store, namespace)) {
            long version = ChunkInput.readLong(in);
            HnswIndex<String, float[], Node, Double> graph = HnswIndex.load(in, Node.class.getClassLoader());
            HnswlibIndex index = new HnswlibIndex(store, namespace, definition.metric(), graph, version);
            byte[] tombstones = store.get(namespace, TOMBSTONES_KEY);
            index.tombstones = tombstones == null ? 0 : Bytes.toLong(tombstones, 0);
            // Before tombstones were counted, there could be as many as there was room for.
            index.nodesMax = tombstones == null ? graph.getMaxItemCount() : graph.size() + index.tombstones;
            return index;
        } catch (IOException e) {
            throw new UncheckedIOException("the index \"" + definition.name() + "\" in state cannot be read", e);
        }
    }

    @Override
    public void put(String key, float[] vector) {
        float[] replaced = graph.get(key).map(Node::vector).orElse(null);
        dirty = true;
        if (replaced != null && Arrays.equals(replaced, vector)) {
            graph.add(new Node(key, vector, ++version));
            return;
        }
        if (nodesMax >= graph.getMaxItemCount()) {
            graph.resize(Math.multiplyExact(graph.getMaxItemCount(), 2));
        }
        graph.add(new Node(key, vector, ++version));
        nodesMax++;
        if (replaced != null) {
            tombstones++;
        }
    }

    @Override
    public void remove(String key) {
        if (graph.remove(key, ++version)) {
            tombstones++;
            dirty = true;
        }
    }

    @Override
    public boolean contains(String key) {
        return graph.get(key).isPresent();
    }

    @Override
    public void nearest(float[] query, int count, int ef, RowSink sink) {
        graph.setEf(Math.max(ef, count));
        double norm = Distance.norm(metric, query, 0, query.length);
        for (SearchResult<Node, Double> found : graph.findNearest(query, count)) {
            float[] vector = found.item().vector();
            sink.accept(
                    found.item().id(),
                    Distance.score(metric, query, norm, vector, 0, Distance.norm(metric, vector, 0, vector.length)));
        }
    }

    @Override
    public SearchCost takeCost() {
        return SearchCost.UNKNOWN;
    }

    @Override
    public void clear() {
        store.clear(namespace);
    }

    @Override
    public int size() {
        return graph.size();
    }

    @Override
    public long memoryBytes() {
        return (graph.size() + tombstones) * (Float.BYTES * (long) graph.getDimensions() + 8L * graph.getM() + 200);
    }

    @Override
    public long tombstones() {
        return tombstones;
    }

    @Override
    public VectorEngine engine() {
        return VectorEngine.HNSWLIB;
    }

    @Override
    public void flush() {
        if (!dirty) {
            return;
        }
        try (OutputStream out = new ChunkOutput(store, namespace)) {
            ChunkOutput.writeLong(out, version);
            graph.save(out);
            store.put(namespace, TOMBSTONES_KEY, Bytes.ofLong(tombstones));
        } catch (IOException e) {
            throw new UncheckedIOException("an index cannot be written to state", e);
        }
        dirty = false;
    }
}
