package io.millrace.index.statistics;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowCursor;
import io.millrace.index.document.RowFormat;
import io.millrace.index.document.RowScan;
import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeCount;
import io.millrace.index.graph.GraphStore;
import io.millrace.index.graph.VertexScan;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look at every row of a collection of a shard, and then at every vertex that has edges, with a row or without; some at
 * a time. Edges are counted in the second part alone, or those of a row that goes meanwhile would be counted twice.
 */
public final class CollectionPass {
    private static final int FIELDS_MAX = 32;
    private static final int EDGES_PER_STEP = 512;

    /** An edge costs as much as a fraction of a row. */
    private static final int EDGES_PER_ROW = 8;

    private final int shard;
    private final CollectionBinding collection;
    private final DocumentStore documents;
    private final GraphStore graph;
    private final RowScan rows;
    private final Projection projection;
    private final @Nullable Object[] values;
    private final List<FieldSketch> fields = new ArrayList<>();
    private final List<DegreeSketch> degrees = new ArrayList<>();
    /** Finds which vectors a row has. */
    private final RowCursor vectors;

    private long rowsSeen;
    private long bytes;
    private boolean rowsEnded;
    private @Nullable Counting counting;
    private @Nullable VertexScan listed;
    private int listing;

    /** A vertex whose edges are being counted; without a key it has no row. */
    private record Counting(DegreeSketch sketch, @Nullable String key, EdgeCount count) {
        void end() {
            if (key == null) {
                sketch.seeRowless(count.count());
            } else {
                sketch.see(key, count.count());
            }
        }
    }

    public CollectionPass(
            int shard,
            CollectionBinding collection,
            DocumentStore documents,
            GraphStore graph,
            Collection<EdgeBinding> edgeTypes) {
        this.shard = shard;
        this.collection = collection;
        this.documents = documents;
        this.graph = graph;
        rows = documents.scan(collection, null, null);
        List<String> names = new ArrayList<>();
        for (Field field : collection.schema().fields()) {
            boolean scalar = field.type() != ValueType.VECTOR && field.type() != ValueType.JSON;
            if (scalar && names.size() < FIELDS_MAX) {
                names.add(field.name());
                fields.add(new FieldSketch(field.name(), isNumber(field.type())));
            }
        }
        projection = new Projection(collection, names);
        values = new @Nullable Object[names.size()];
        vectors = new RowCursor(collection.table().size());
        for (int ordinal : collection.vectorOrdinals()) {
            vectors.want(ordinal);
        }
        for (EdgeBinding type : edgeTypes) {
            String name = collection.schema().name();
            if (type.type().fromCollection().equals(name)) {
                degrees.add(new DegreeSketch(type, true));
            }
            if (type.type().toCollection().equals(name)) {
                degrees.add(new DegreeSketch(type, false));
            }
        }
    }

    private static boolean isNumber(ValueType type) {
        return type == ValueType.INT || type == ValueType.DOUBLE || type == ValueType.TIMESTAMP;
    }

    /** Looks at some rows, about as many as said, and returns whether more are left. */
    public boolean run(int rowsMax) {
        for (int left = rowsMax; left > 0; left--) {
            Counting open = counting;
            if (open != null) {
                if (!open.count.run(EDGES_PER_STEP)) {
                    open.end();
                    counting = null;
                }
                left -= EDGES_PER_STEP / EDGES_PER_ROW / EDGES_PER_ROW;
            } else if (!rowsEnded && rows.next()) {
                see(rows.key(), rows.value());
            } else {
                rowsEnded = true;
                if (!seeVertex()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Looks at one of the vertices that have edges, and returns whether there was one. */
    private boolean seeVertex() {
        while (listing < degrees.size()) {
            DegreeSketch sketch = degrees.get(listing);
            VertexScan open = listed == null ? graph.vertices(sketch.type, sketch.outgoing, false) : listed;
            listed = open;
            if (open.next()) {
                if (open.isFirst()) {
                    byte[] key = open.listedKey();
                    boolean hasRow = documents.row(collection, key) != null;
                    counting = new Counting(
                            sketch,
                            hasRow ? Bytes.text(key) : null,
                            graph.count(sketch.type, sketch.outgoing, key, false));
                }
                return true;
            }
            listed = null;
            listing++;
        }
        return false;
    }

    private void see(byte[] key, byte[] row) {
        rowsSeen++;
        bytes += key.length + row.length + vectorBytes(key, row);
        projection.read(documents, key, row, values, 0);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                fields.get(i).see(value);
            }
        }
    }

    private long vectorBytes(byte[] key, byte[] row) {
        long sum = 0;
        if (collection.vectorOrdinals().length > 0) {
            vectors.reset(key, row, RowFormat.ENTRIES);
            for (int ordinal : collection.vectorOrdinals()) {
                if (vectors.has(ordinal)) {
                    sum += (long) Float.BYTES * collection.field(ordinal).dimension();
                }
            }
        }
        return sum;
    }

    /** Returns how many rows and edges were looked at. */
    public long seen() {
        return rowsSeen + degrees.stream().mapToLong(DegreeSketch::edges).sum();
    }

    /** @param nowMs epoch ms */
    public OfCollection result(long nowMs) {
        return new OfCollection(
                shard,
                collection.id(),
                rowsSeen,
                fields.stream().map(FieldSketch::result).toList(),
                degrees.stream().map(degree -> degree.result(rowsSeen)).toList(),
                bytes,
                nowMs);
    }
}
