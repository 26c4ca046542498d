package io.millrace.index.document;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The fields of a collection that an index keeps beside its vectors, and their values cut out of rows. */
public final class FilterFields {
    private final Set<String> names = new TreeSet<>();
    private final int[] ordinals;
    private final RowCursor cursor;
    private final ValueWriter out = new ValueWriter(64);

    /** @param names fields of the collection; those that are part of the key, which rows do not have, are left out */
    public FilterFields(CollectionBinding collection, List<String> names) {
        for (String name : names) {
            int ordinal = collection.ordinal(name);
            if (ordinal >= 0
                    && !collection.isKey(ordinal)
                    && collection.field(ordinal).type() != ValueType.VECTOR) {
                this.names.add(name);
            }
        }
        ordinals = this.names.stream().mapToInt(collection::ordinal).toArray();
        cursor = new RowCursor(collection.table().size());
        for (int ordinal : ordinals) {
            cursor.want(ordinal);
        }
    }

    public boolean isEmpty() {
        return ordinals.length == 0;
    }

    /** Returns whether a condition over these fields can be evaluated on what {@link #cut} returns. */
    public boolean cover(Set<String> fields) {
        return !fields.isEmpty() && names.containsAll(fields);
    }

    /** Returns the entries of these fields, in one order for all rows. */
    public byte[] cut(byte[] row) {
        cursor.reset(row, row, RowFormat.ENTRIES);
        out.reset();
        ValueReader reader = new ValueReader(row);
        for (int ordinal : ordinals) {
            if (cursor.has(ordinal)) {
                int from = cursor.offset(ordinal);
                reader.position(from);
                reader.skipValue();
                out.writeVarint(ordinal);
                out.writeRaw(row, from, reader.position() - from);
            }
        }
        return out.toBytes();
    }
}
