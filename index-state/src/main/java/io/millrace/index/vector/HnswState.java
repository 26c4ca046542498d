package io.millrace.index.vector;

import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.value.ValueReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Writes what changed of an index to state, and reads it back. */
final class HnswState {
    private final HnswStore store;
    private final HnswGraph graph;
    private final VectorRows rows;
    private final FullVectors vectors;
    private final SlotAllocator nodes;
    private @Nullable ScalarQuantizer unwrittenQuantizer;
    private @Nullable Frame unwrittenFrame;
    private int storedEntry = HnswGraph.NONE;
    private int storedRoot = HnswGraph.NONE;

    HnswState(HnswStore store, HnswGraph graph, VectorRows rows, FullVectors vectors, SlotAllocator nodes) {
        this.store = store;
        this.graph = graph;
        this.rows = rows;
        this.vectors = vectors;
        this.nodes = nodes;
    }

    /** Takes a vector of a node that is restored. */
    @FunctionalInterface
    interface RestoredVector {
        void accept(int node, float[] vector);
    }

    void keep(ScalarQuantizer quantizer) {
        unwrittenQuantizer = quantizer;
    }

    void keep(Frame frame) {
        unwrittenFrame = frame;
    }

    int unwritten() {
        return unwrittenVectors() + graph.dirty().size();
    }

    int unwrittenVectors() {
        return vectors.dirty().size() + rows.dirty().size();
    }

    /** Writes at most so many records. */
    void flush(int recordsMax) {
        int left = recordsMax;
        left = write(vectors.dirty(), left, slot -> vectors.write(slot, nodes.isUsed(slot)));
        left = write(rows.dirty(), left, this::writeRow);
        left = writeNodes(left);
        if (left > 0) {
            writeMeta();
        }
    }

    private static int write(SlotSet dirty, int max, IntConsumer writer) {
        int left = max;
        while (left > 0 && dirty.size() > 0) {
            writer.accept(dirty.poll());
            left--;
        }
        return left;
    }

    private void writeRow(int row) {
        byte[] key = HnswFormat.key(row);
        if (rows.isLive(row)) {
            store.rows()
                    .put(
                            store.namespace(),
                            key,
                            HnswFormat.row(
                                    rows.node(row), rows.key(row), rows.fields().of(row)));
        } else {
            store.rows().remove(store.namespace(), key);
        }
    }

    /** Writes nodes together: an insert changes twenty. */
    private int writeNodes(int max) {
        Map<byte[], byte[]> changed = new TreeMap<>(Arrays::compareUnsigned);
        int left = write(graph.dirty(), max, slot -> {
            byte[] key = HnswFormat.key(slot);
            if (nodes.isUsed(slot)) {
                changed.put(key, HnswFormat.node(graph, slot));
            } else {
                store.nodes().remove(store.namespace(), key);
            }
        });
        if (!changed.isEmpty()) {
            store.nodes().putAll(store.namespace(), changed);
        }
        return left;
    }

    private void writeMeta() {
        int root = graph.lineage().root();
        if (graph.entry() != storedEntry || root != storedRoot) {
            storedEntry = graph.entry();
            storedRoot = root;
            store.meta().put(store.namespace(), HnswStore.ENTRY, HnswFormat.entry(storedEntry, storedRoot));
        }
        if (unwrittenQuantizer != null) {
            store.meta().put(store.namespace(), HnswStore.QUANTIZER, unwrittenQuantizer.toBytes());
            unwrittenQuantizer = null;
        }
        if (unwrittenFrame != null) {
            store.meta().put(store.namespace(), HnswStore.FRAME, HnswFormat.frame(unwrittenFrame));
            unwrittenFrame = null;
        }
    }

    @Nullable ScalarQuantizer readQuantizer(Metric metric) {
        byte[] stored = store.meta().get(store.namespace(), HnswStore.QUANTIZER);
        return stored == null ? null : ScalarQuantizer.fromBytes(metric, stored);
    }

    @Nullable Frame readFrame(Metric metric) {
        byte[] stored = store.meta().get(store.namespace(), HnswStore.FRAME);
        return stored == null ? null : Frame.readFrom(metric, HnswFormat.open(stored));
    }

    /** Reads everything. The lengths of links are computed from the vectors when they are needed. */
    void restore(RestoredVector sink) {
        byte[] entry = store.meta().get(store.namespace(), HnswStore.ENTRY);
        if (entry == null) {
            return;
        }
        Cursor vector = store.vectors().scan(store.namespace());
        while (vector.next()) {
            sink.accept(HnswFormat.slot(vector.key()), VectorFormat.decode(vector.value()));
        }
        restoreGraph(entry);
        Cursor row = store.rows().scan(store.namespace());
        while (row.next()) {
            ValueReader in = HnswFormat.open(row.value());
            int node = in.readInt();
            rows.restore(HnswFormat.slot(row.key()), in.readString(), node, in.readBytes());
        }
    }

    private void restoreGraph(byte[] entry) {
        LinkTable links = graph.links();
        int[] targets = new int[links.room(0)];
        Cursor cursor = store.nodes().scan(store.namespace());
        while (cursor.next()) {
            int slot = HnswFormat.slot(cursor.key());
            ValueReader in = HnswFormat.open(cursor.value());
            graph.restore(slot, in.readByte(), in.readInt());
            for (int level = 0; level <= links.level(slot); level++) {
                int count = in.readVarint();
                for (int i = 0; i < count; i++) {
                    targets[i] = in.readInt();
                }
                links.restore(slot, level, targets, count);
            }
        }
        links.restoreIncoming();
        ValueReader in = HnswFormat.open(entry);
        storedEntry = in.readInt();
        storedRoot = in.readInt();
        graph.restoreEntry(storedEntry, storedRoot);
    }

    void clear() {
        for (KeyValueStore each : List.of(store.rows(), store.nodes(), store.vectors(), store.meta())) {
            each.clear(store.namespace());
        }
    }
}
