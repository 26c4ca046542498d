package io.millrace.index.aggregate;

import io.millrace.index.document.Operand;
import io.millrace.index.document.RowCursor;
import io.millrace.index.document.RowFilter;
import io.millrace.protocol.fragment.Grouping.Key;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a row's group as bytes, so that equal keys have equal bytes and no row makes an object. */
final class GroupKeys {
    /** Writes one key of the row; returns false if the row is in no group. */
    private interface Part {
        boolean write(RowCursor row, ValueWriter out);
    }

    private final Part[] parts;
    private final ValueWriter out = new ValueWriter(64);

    GroupKeys(List<Key> keys, RowFilter rows) {
        parts = keys.stream().map(key -> part(key, rows)).toArray(Part[]::new);
    }

    private static Part part(Key key, RowFilter rows) {
        Operand operand = rows.operand(key.column());
        TimeBucket bucket = key.bucket();
        if (operand == null) {
            return (row, out) -> {
                out.writeByte(ValueWriter.NULL);
                return bucket == null;
            };
        }
        if (bucket != null) {
            return (row, out) -> writeBucket(operand.value(row), bucket, out);
        }
        if (operand instanceof Operand.Stored stored) {
            return (row, out) -> writeStored(row, stored.ordinal(), out);
        }
        return (row, out) -> {
            out.writeValue(operand.value(row));
            return true;
        };
    }

    private static boolean writeBucket(@Nullable Object time, TimeBucket bucket, ValueWriter out) {
        if (!(time instanceof Long timeMs)) {
            return false;
        }
        out.writeLongValue(bucket.floor(timeMs));
        return true;
    }

    private static boolean writeStored(RowCursor row, int ordinal, ValueWriter out) {
        if (row.hasTag(ordinal, ValueWriter.DOUBLE)) {
            out.writeDoubleValue(row.doubleValue(ordinal) + 0.0); // Makes one of the two zeros.
        } else {
            row.copyValue(ordinal, out);
        }
        return true;
    }

    int count() {
        return parts.length;
    }

    /** Reads the keys of the row; returns false if it is in no group. */
    boolean read(RowCursor row) {
        out.reset();
        for (Part part : parts) {
            if (!part.write(row, out)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the bytes of the last {@link #read}, up to {@link #length}. */
    byte[] buffer() {
        return out.buffer();
    }

    int length() {
        return out.length();
    }

    /** Reads the keys back into {@code target} from {@code offset}. */
    void decode(byte[] bytes, int start, int length, @Nullable Object[] target, int offset) {
        ValueReader in = new ValueReader(bytes, start, length);
        for (int i = 0; i < parts.length; i++) {
            target[offset + i] = in.readValue();
        }
    }
}
