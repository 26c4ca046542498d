package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Stands on one encoded row and finds in it the fields that were asked for, without making objects of the others. */
public final class RowCursor {
    private final boolean[] wanted;
    private final int[] offsets;
    private int wantedCount;
    private byte[] key = Bytes.NONE;
    private byte[] row = Bytes.NONE;
    private @Nullable String keyText;
    private ValueReader reader = new ValueReader(row);

    public RowCursor(int fieldCount) {
        wanted = new boolean[fieldCount];
        offsets = new int[fieldCount];
    }

    /** Asks for a field, before the first {@link #reset}. */
    public void want(int ordinal) {
        if (!wanted[ordinal]) {
            wanted[ordinal] = true;
            wantedCount++;
        }
    }

    /** Stands on another row, whose entries begin at {@code entries}. */
    public void reset(byte[] newKey, byte[] newRow, int entries) {
        key = newKey;
        keyText = null;
        row = newRow;
        reader = new ValueReader(newRow);
        Arrays.fill(offsets, -1);
        reader.position(entries);
        for (int left = wantedCount; left > 0 && reader.hasRemaining(); ) {
            int ordinal = reader.readVarint();
            if (ordinal < wanted.length && wanted[ordinal]) {
                offsets[ordinal] = reader.position();
                left--;
            }
            reader.skipValue();
        }
    }

    public byte[] row() {
        return row;
    }

    public byte[] key() {
        return key;
    }

    public String keyText() {
        if (keyText == null) {
            keyText = Bytes.text(key);
        }
        return keyText;
    }

    /** Returns whether the row has a value of a field that was asked for. */
    public boolean has(int ordinal) {
        return offsets[ordinal] >= 0;
    }

    /** Returns the value of a field that was asked for, or null. */
    public @Nullable Object value(int ordinal) {
        if (offsets[ordinal] < 0) {
            return null;
        }
        reader.position(offsets[ordinal]);
        return reader.readValue();
    }

    /** Returns the place of the field's tag in {@link #row}, or -1. */
    int offset(int ordinal) {
        return offsets[ordinal];
    }

    /** Writes the tagged value of a field that was asked for; a missing one is a null. */
    public void copyValue(int ordinal, ValueWriter out) {
        int start = offsets[ordinal];
        if (start < 0) {
            out.writeByte(ValueWriter.NULL);
            return;
        }
        reader.position(start);
        reader.skipValue();
        out.writeRaw(row, start, reader.position() - start);
    }

    /** Compares the bytes of a field whose tag is {@link ValueWriter#STRING} with {@code text}. */
    int compareString(int ordinal, byte[] text) {
        reader.position(offsets[ordinal] + 1);
        int length = reader.readVarint();
        int start = reader.position();
        return Arrays.compareUnsigned(row, start, start + length, text, 0, text.length);
    }

    /** Returns whether the row has the field, with this tag of {@link ValueWriter}. */
    public boolean hasTag(int ordinal, int tag) {
        return offsets[ordinal] >= 0 && row[offsets[ordinal]] == tag;
    }

    /** Returns the number of a field whose tag is {@link ValueWriter#LONG}. */
    public long longValue(int ordinal) {
        return Bytes.toLong(row, offsets[ordinal] + 1);
    }

    /** Returns the number of a field whose tag is {@link ValueWriter#DOUBLE}. */
    public double doubleValue(int ordinal) {
        return Double.longBitsToDouble(longValue(ordinal));
    }
}
