package io.millrace.index.vector;

import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The default engine: an incremental graph in memory whose truth is in state. What changed is written behind, and all of
 * it before a barrier; a restore reads it back and builds nothing.
 */
public final class HnswIndex implements ApproximateIndex {
    /** Vectors that quantizer and frame are learned from; until then an index searches full precision alone. */
    static final int TRAINING_VECTORS = 2048;

    private final VectorIndexDefinition definition;
    private final FullVectors vectors;
    private final HnswGraph graph;
    private final HnswInsert insert;
    private final HnswRepair repair;
    private final VectorRows rows;
    private final SlotAllocator nodes = new SlotAllocator();
    private final SlotTable byVector = new SlotTable();
    private final HnswState state;
    private final Searcher searcher;
    private long[] vectorHashes = new long[16];
    private @Nullable CodeSpace codes;
    private boolean isTrained;

    private HnswIndex(VectorIndexDefinition definition, HnswStore store, boolean numericKeys) {
        this.definition = definition;
        FloatSpace floats = new FloatSpace(definition.metric(), definition.dimension());
        vectors = new FullVectors(store, definition.metric(), definition.dimension());
        vectors.keepIn(floats);
        graph = new HnswGraph(floats, definition.m());
        insert = new HnswInsert(graph, definition.efConstruction());
        repair = new HnswRepair(graph, insert);
        rows = new VectorRows(KeyOrder.of(numericKeys));
        state = new HnswState(store, graph, rows, vectors, nodes);
        searcher = new Searcher();
    }

    /**
     * Returns the index as it is in state, empty if it is not there.
     *
     * @param namespace of the index and its version
     * @param numericKeys whether the keys of the collection are INT
     */
    public static HnswIndex open(
            VectorIndexDefinition definition, ShardStorage storage, byte[] namespace, boolean numericKeys) {
        HnswIndex index = new HnswIndex(definition, HnswStore.open(storage, namespace), numericKeys);
        ScalarQuantizer quantizer = index.state.readQuantizer(definition.metric());
        if (quantizer != null && definition.quantization() == Quantization.INT8) {
            index.graph.switchTo(index.quantizeWith(quantizer));
            index.leaveMemory();
            index.isTrained = true;
        } else if (quantizer != null) {
            index.lookBy(quantizer, new int[0]);
            index.isTrained = true;
        } else {
            index.lookByFrame();
        }
        index.state.restore(index::restoreVector);
        if (index.mayTrain()) {
            index.train();
        }
        return index;
    }

    /** Earlier versions kept a frame also for vectors that codes guide now; those learn again. */
    private void lookByFrame() {
        Frame frame = state.readFrame(definition.metric());
        if (frame != null && !CodeSpace.guides(frame.length())) {
            lookBy(frame, new int[0]);
            isTrained = true;
        }
    }

    private boolean mayTrain() {
        return !isTrained && nodes.count() >= TRAINING_VECTORS;
    }

    private void restoreVector(int node, float[] vector) {
        nodes.take(node);
        register(node, hash(vector));
        vectors.restore(node, vector);
        if (codes != null) {
            codes.set(node, vector);
        }
    }

    @Override
    public void put(String key, float[] vector) {
        long hash = hash(vector);
        int row = rows.find(key);
        if (row != VectorRows.NONE) {
            int node = rows.node(row);
            if (vectorHashes[node] == hash && isEqual(node, vector)) {
                return;
            }
            remove(row);
        }
        int node = byVector.find(hash, candidate -> isEqual(candidate, vector));
        rows.add(key, node == VectorRows.NONE ? addNode(key, vector, hash) : node);
    }

    /** Of vectors that are not in memory the hash and the codes decide. */
    private boolean isEqual(int node, float[] vector) {
        return codes == null || vectors.inMemory() ? vectors.isEqual(node, vector) : codes.hasCodes(node, vector);
    }

    private int addNode(String key, float[] vector, long hash) {
        int node = nodes.allocate();
        register(node, hash);
        vectors.set(node, vector);
        if (codes != null) {
            codes.set(node, vector);
        }
        insert.insert(node, level(key));
        if (mayTrain()) {
            train();
        }
        return node;
    }

    private void register(int node, long hash) {
        if (node >= vectorHashes.length) {
            vectorHashes = Arrays.copyOf(vectorHashes, Math.max(node + 1, vectorHashes.length * 2));
        }
        vectorHashes[node] = hash;
        byVector.add(hash, node);
    }

    // Level from the key, not from a Random: a replayed insert must land on the same level.
    private int level(String key) {
        long bits = ShardRouting.hash(key);
        bits = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        bits = (bits ^ bits >>> 33) * 0xC4CEB9FE1A85EC53L;
        double uniform = ((bits ^ bits >>> 33) >>> 11) * 0x1p-53;
        return (int) Math.min(HnswGraph.LEVEL_MAX, -Math.log(1 - uniform) / Math.log(definition.m()));
    }

    // Negative zero equals zero, and is one vector with it.
    private static long hash(float[] vector) {
        long hash = vector.length;
        for (int i = 0; i < vector.length; i += 2) {
            long pair = bits(vector[i]) << Integer.SIZE | (i + 1 < vector.length ? bits(vector[i + 1]) : 0);
            hash = (hash ^ pair) * 0x9FB21C651E98DF25L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private static long bits(float component) {
        return Float.floatToRawIntBits(component + 0.0f) & 0xffffffffL;
    }

    /** Learns from the first vectors; there are more where an index of earlier versions is read back. */
    private void train() {
        isTrained = true;
        int[] slots = nodes.toArray();
        Frame.Sample sample = (i, vector) -> vectors.get(slots[i], vector);
        Metric metric = definition.metric();
        int dimension = definition.dimension();
        if (definition.quantization() == Quantization.NONE && !CodeSpace.mayGuide(FloatArena.padded(dimension))) {
            Frame frame = Frame.learn(metric, dimension, TRAINING_VECTORS, sample);
            state.keep(frame);
            lookBy(frame, slots);
            return;
        }
        ScalarQuantizer quantizer = ScalarQuantizer.train(metric, dimension, TRAINING_VECTORS, sample);
        state.keep(quantizer);
        if (definition.quantization() == Quantization.INT8) {
            quantize(quantizer, slots);
        } else {
            lookBy(quantizer, slots);
        }
    }

    /** Lets a float index find its way by codes, or by pictures. */
    private void lookBy(ScalarQuantizer quantizer, int[] slots) {
        if (CodeSpace.guides(quantizer.length())) {
            vectors.guideBy(quantizer, slots);
        } else {
            lookBy(quantizer.frame(), slots);
        }
    }

    private void lookBy(Frame frame, int[] slots) {
        if (Sketches.pay(frame.length(), Float.BYTES)) {
            vectors.sketch(frame, slots);
        }
    }

    private void quantize(ScalarQuantizer quantizer, int[] slots) {
        CodeSpace trained = quantizeWith(quantizer);
        float[] vector = new float[definition.dimension()];
        for (int slot : slots) {
            vectors.get(slot, vector);
            trained.set(slot, vector);
        }
        graph.switchTo(trained);
        leaveMemory();
    }

    private CodeSpace quantizeWith(ScalarQuantizer quantizer) {
        CodeSpace trained = new CodeSpace(definition.metric(), quantizer);
        codes = trained;
        return trained;
    }

    private void leaveMemory() {
        if (definition.rescore() == Rescore.STATE) {
            vectors.leaveMemory();
        }
    }

    @Override
    public void remove(String key) {
        int row = rows.find(key);
        if (row != VectorRows.NONE) {
            remove(row);
        }
    }

    private void remove(int row) {
        int node = rows.node(row);
        if (rows.remove(row)) {
            repair.remove(node);
            byVector.remove(vectorHashes[node], node);
            vectors.remove(node);
            nodes.free(node);
        }
    }

    @Override
    public boolean contains(String key) {
        return rows.find(key) != VectorRows.NONE;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public long memoryBytes() {
        return graph.memoryBytes()
                + (codes == null ? 0 : vectors.memoryBytes())
                + rows.memoryBytes()
                + byVector.memoryBytes()
                + Long.BYTES * (long) vectorHashes.length
                + insert.memoryBytes();
    }

    @Override
    public VectorEngine engine() {
        return VectorEngine.HNSW;
    }

    @Override
    public void flush() {
        state.flush(Integer.MAX_VALUE);
    }

    @Override
    public void flushSome(int recordsMax) {
        state.flush(recordsMax);
    }

    @Override
    public int unwritten() {
        return state.unwritten();
    }

    @Override
    public int unwrittenVectors() {
        return state.unwrittenVectors();
    }

    @Override
    public void clear() {
        state.clear();
    }

    @Override
    public void nearest(float[] query, int count, int ef, RowSink sink) {
        searcher.nearest(query, count, ef, sink);
    }

    @Override
    public void setFields(String key, byte[] entries) {
        int row = rows.find(key);
        if (row != VectorRows.NONE) {
            rows.setFields(row, entries);
        }
    }

    @Override
    public boolean keepsFields() {
        return true;
    }

    @Override
    public Passing judge(RowTest test) {
        return rows.fields().judge(test, rows.end());
    }

    @Override
    public Passing among(Collection<String> keys, boolean excluded, @Nullable Passing also) {
        BitSet named = new BitSet(rows.end());
        for (String key : keys) {
            int row = rows.find(key);
            if (row != VectorRows.NONE) {
                named.set(row);
            }
        }
        return new PassingRows(named, excluded, rows.size(), also);
    }

    @Override
    public void each(float[] query, List<String> keys, RowSink sink) {
        double queryNorm = Distance.norm(definition.metric(), query, 0, query.length);
        for (String key : keys) {
            int row = rows.find(key);
            if (row != VectorRows.NONE) {
                sink.accept(key, vectors.score(rows.node(row), query, queryNorm));
            }
        }
    }

    @Override
    public int nearestPassing(float[] query, int count, int ef, Passing passing, RowSink sink) {
        return searcher.nearestPassing(query, count, ef, passing, sink);
    }

    @Override
    public void everyPassing(float[] query, Passing passing, RowSink sink) {
        double queryNorm = Distance.norm(definition.metric(), query, 0, query.length);
        for (int row = 0; row < rows.end(); row++) {
            if (rows.isLive(row) && passing.passes(row)) {
                sink.accept(rows.key(row), vectors.score(rows.node(row), query, queryNorm));
            }
        }
    }

    @Override
    public SearchCost takeCost() {
        return searcher.takeCost();
    }

    /** Gives the rows of near nodes, and their scores. Used by one thread. */
    private final class Searcher {
        private final NodeSearch search = new NodeSearch(graph);

        void nearest(float[] query, int count, int ef, RowSink sink) {
            search.nearest(query, count, Math.max(1, Math.min(count, sink.enough())), Math.max(ef, count));
            give(query, count, row -> true, sink);
        }

        int nearestPassing(float[] query, int count, int ef, Passing passing, RowSink sink) {
            search.nearestPassing(query, count, Math.max(ef, count), node -> rows.anyPasses(node, passing));
            return give(query, count, passing::passes, sink);
        }

        SearchCost takeCost() {
            SearchScratch done = search.scratch();
            SearchCost cost = new SearchCost(done.distancesComputed, done.nodesExpanded);
            done.distancesComputed = 0;
            done.nodesExpanded = 0;
            return cost;
        }

        private int give(float[] query, int count, IntPredicate passes, RowSink sink) {
            Metric metric = definition.metric();
            double queryNorm = Distance.norm(metric, query, 0, query.length);
            double farthest = metric.ascending() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
            int given = 0;
            for (int i = 0; given < count; i++) {
                long found = search.found(i, sink.mightTake(farthest));
                if (found == NodeSearch.NONE) {
                    break;
                }
                int node = Candidates.slot(found);
                if (!rows.hasRows(node) || !sink.mightTake(search.bestScore(node, Candidates.distance(found)))) {
                    continue;
                }
                double score = vectors.score(node, query, queryNorm);
                given += rows.give(node, count - given, passes, row -> sink.accept(rows.key(row), score));
            }
            return given;
        }
    }

    HnswGraph graph() {
        return graph;
    }

    int[] nodes() {
        return nodes.toArray();
    }
}
