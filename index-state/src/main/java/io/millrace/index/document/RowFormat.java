package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.value.ValueWriter;

/**
 * The bytes of a row, version 1: the version, the event time (8 bytes), the id of the event type (8 bytes, 0 for none),
 * and then to the end of the row, for each field that has a value, its place in the schema (varint) and the tagged value
 * of {@link ValueWriter}, in no particular order. The fields of the key are not repeated here, and a vector is only
 * marked as present (by {@code true}): a scan of documents does not read vectors.
 *
 * <p>A field that was added behind is not there in rows written before: it is null.
 */
public final class RowFormat {
    /** Where the entries begin. */
    public static final int ENTRIES = 17;

    private static final int VERSION = 1;

    private RowFormat() {}

    /** Writes the front; entries follow. */
    public static void writeHeader(ValueWriter out, long eventTimeMs, long eventTypeId) {
        out.writeByte(VERSION);
        out.writeLong(eventTimeMs);
        out.writeLong(eventTypeId);
    }

    public static long eventTimeMs(byte[] row) {
        checkVersion(row);
        return Bytes.toLong(row, 1);
    }

    /** Returns the id of the row's event type, 0 for none. */
    public static long eventTypeId(byte[] row) {
        return Bytes.toLong(row, 9);
    }

    private static void checkVersion(byte[] row) {
        if (row[0] != VERSION) {
            throw new IllegalStateException("unknown row version " + row[0]);
        }
    }
}
