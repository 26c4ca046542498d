package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.catalog.Field;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declared fields by the UTF-8 bytes of their names, so that reading an event makes no String for a known name. */
public final class FieldTable {
    private final List<Field> fields;
    private final byte[][] names;
    private final int[] slots;

    public FieldTable(List<Field> fields) {
        this.fields = List.copyOf(fields);
        names = fields.stream().map(field -> Bytes.utf8(field.name())).toArray(byte[][]::new);
        slots = new int[Integer.highestOneBit(Math.max(1, fields.size())) * 4];
        for (int ordinal = 0; ordinal < names.length; ordinal++) {
            int slot = hash(names[ordinal], 0, names[ordinal].length) & (slots.length - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = ordinal + 1;
        }
    }

    public int size() {
        return fields.size();
    }

    public Field field(int ordinal) {
        return fields.get(ordinal);
    }

    /** Returns the place of the field, or -1. */
    public int find(String name) {
        byte[] utf8 = Bytes.utf8(name);
        return find(utf8, 0, utf8.length);
    }

    /** Returns the place of the field whose name is these bytes, or -1. */
    public int find(byte[] buffer, int offset, int length) {
        int slot = hash(buffer, offset, length) & (slots.length - 1);
        while (slots[slot] != 0) {
            int ordinal = slots[slot] - 1;
            if (Arrays.equals(names[ordinal], 0, names[ordinal].length, buffer, offset, offset + length)) {
                return ordinal;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return -1;
    }

    /** Returns the name nearest to {@code name}, or null if none is near. */
    public @Nullable String nearest(String name) {
        return Nearest.of(name, fields.stream().map(Field::name).toList());
    }

    private static int hash(byte[] buffer, int offset, int length) {
        int hash = 0x811c9dc5;
        for (int i = offset; i < offset + length; i++) {
            hash = (hash ^ buffer[i]) * 0x01000193;
        }
        return hash ^ hash >>> 15;
    }
}
