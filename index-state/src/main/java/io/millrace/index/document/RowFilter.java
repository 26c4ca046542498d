package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which rows of a collection a fragment is about, and reads columns of those; bound once per fragment. */
public final class RowFilter {
    private final CollectionBinding collection;
    private final RowCursor cursor;
    private final @Nullable Long eventTypeId;
    private final @Nullable TimeRange timeRange;
    private final boolean always;
    private final Set<String> fields;
    private final BoundPredicate predicate;

    public RowFilter(CollectionBinding collection, DocumentSelection selection) {
        this(collection, selection.eventTypeId(), selection.timeRange(), selection.filter());
    }

    private RowFilter(
            CollectionBinding collection, @Nullable Long eventTypeId, @Nullable TimeRange timeRange, Predicate filter) {
        this.collection = collection;
        this.eventTypeId = eventTypeId;
        this.timeRange = timeRange;
        cursor = new RowCursor(collection.table().size());
        always = filter.equals(Predicate.ALWAYS);
        fields = filter.fields();
        predicate = BoundPredicate.bind(filter, this::operand);
    }

    /** Returns a filter that every row passes, for reading columns. */
    public static RowFilter all(CollectionBinding collection) {
        return new RowFilter(collection, null, null, Predicate.ALWAYS);
    }

    /** Returns whether every row passes, so that no row need be read. */
    public boolean passesAll() {
        return always && eventTypeId == null && timeRange == null;
    }

    /** Returns what {@code name} stands for, and lets {@link #read} find it; null for an unknown name. */
    public @Nullable Operand operand(String name) {
        int ordinal = collection.ordinal(name);
        if (ordinal >= 0) {
            return field(ordinal);
        }
        return switch (name) {
            case FragmentOperation.ID -> id();
            case FragmentOperation.ROW_ID ->
                new Operand.Computed(row -> ShardRouting.rowId(row.keyText(), collection.numericKey()));
            case FragmentOperation.TIMESTAMP -> eventTime();
            case FragmentOperation.EVENT_TYPE ->
                new Operand.Computed(row -> collection.eventTypeName(RowFormat.eventTypeId(row.row())));
            default -> null;
        };
    }

    /** Returns the key of every row, whatever the collection calls its fields. */
    public Operand id() {
        return new Operand.Computed(row -> key(collection, row.keyText()));
    }

    /** Returns the event time of every row, epoch ms. */
    public Operand eventTime() {
        return new Operand.Computed(row -> RowFormat.eventTimeMs(row.row()));
    }

    private Operand field(int ordinal) {
        if (collection.isKey(ordinal)) {
            return new Operand.Computed(row -> KeyParser.value(collection, row.keyText(), ordinal));
        }
        cursor.want(ordinal);
        return collection.field(ordinal).type() == ValueType.VECTOR
                ? new Operand.Vector(ordinal)
                : new Operand.Stored(ordinal);
    }

    /** Returns the key as answers show it: a Long for an INT key, else the canonical string. */
    public static Object key(CollectionBinding collection, String key) {
        return collection.numericKey() ? (Object) Long.parseLong(key) : key;
    }

    /** Stands on the row and returns whether it passes. */
    public boolean passes(byte[] key, byte[] row) {
        if (eventTypeId != null && RowFormat.eventTypeId(row) != eventTypeId) {
            return false;
        }
        if (timeRange != null && !timeRange.contains(RowFormat.eventTimeMs(row))) {
            return false;
        }
        read(key, row);
        return predicate.holds(cursor);
    }

    /** Returns whether the condition depends on {@code kept} alone, so that {@link #passesFields} can tell. */
    public boolean isOver(FilterFields kept) {
        return eventTypeId == null && timeRange == null && kept.cover(fields);
    }

    /** Returns whether a row passes of which only these entries are known. */
    public boolean passesFields(byte[] entries) {
        cursor.reset(Bytes.NONE, entries, 0);
        return predicate.holds(cursor);
    }

    /** Stands on the row. */
    public RowCursor read(byte[] key, byte[] row) {
        cursor.reset(key, row, RowFormat.ENTRIES);
        return cursor;
    }

    /** Returns the row that the last {@link #passes} or {@link #read} stands on. */
    public RowCursor cursor() {
        return cursor;
    }
}
