package io.millrace.index.statistics;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.Projection;
import io.millrace.index.document.RowScan;
import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.EdgeCount;
import io.millrace.index.graph.GraphStore;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One look at every row of a collection of a shard, and at how many edges each has; some at a time. */
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
    private final Deque<Counting> counting = new ArrayDeque<>();
    private long rowsSeen;

    /** A vertex whose edges are being counted. */
    private record Counting(DegreeSketch sketch, String key, EdgeCount count) {}

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
            Counting open = counting.peek();
            if (open != null) {
                if (!open.count.run(EDGES_PER_STEP)) {
                    open.sketch.see(open.key, open.count.count());
                    counting.remove();
                }
                left -= EDGES_PER_STEP / EDGES_PER_ROW / EDGES_PER_ROW;
            } else if (!rows.next()) {
                return false;
            } else {
                see(rows.key(), rows.value());
            }
        }
        return true;
    }

    private void see(byte[] key, byte[] row) {
        rowsSeen++;
        projection.read(documents, key, row, values, 0);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                fields.get(i).see(value);
            }
        }
        for (DegreeSketch sketch : degrees) {
            counting.add(new Counting(sketch, Bytes.text(key), graph.count(sketch.type, sketch.outgoing, key, false)));
        }
    }

    /** Returns how many rows and edges were looked at. */
    public long seen() {
        return rowsSeen + degrees.stream().mapToLong(DegreeSketch::edges).sum();
    }

    public OfCollection result() {
        return new OfCollection(
                shard,
                collection.id(),
                rowsSeen,
                fields.stream().map(FieldSketch::result).toList(),
                degrees.stream().map(DegreeSketch::result).toList());
    }
}
