package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event's row while it is read: used again for every event, so that reading makes few objects. */
public final class RowDraft {
    final ValueWriter entries = new ValueWriter(512);
    final List<Problem> problems = new ArrayList<>();
    private final ValueWriter row = new ValueWriter(512);
    private boolean[] named = new boolean[0];
    private final Map<Integer, float[]> vectors = new HashMap<>();
    long eventTypeId;
    boolean hasEventType;
    boolean hasTime;
    long timeMs;

    void reset(int fieldCount) {
        entries.reset();
        problems.clear();
        if (named.length < fieldCount) {
            named = new boolean[fieldCount];
        }
        Arrays.fill(named, false);
        vectors.clear();
        eventTypeId = 0;
        hasEventType = false;
        hasTime = false;
        timeMs = 0;
    }

    /** Marks the field as named by the event and returns whether it was named before. */
    boolean name(int ordinal) {
        boolean before = named[ordinal];
        named[ordinal] = true;
        return before;
    }

    void vector(int ordinal, float[] vector) {
        vectors.put(ordinal, vector);
        entries.writeVarint(ordinal);
        entries.writeByte(ValueWriter.TRUE);
    }

    void time(long newTimeMs) {
        hasTime = true;
        timeMs = newTimeMs;
    }

    /** Returns what is wrong with the event; empty for nothing. */
    public List<Problem> problems() {
        return problems;
    }

    /** Returns whether the event named the field, with a value or with null. */
    public boolean named(int ordinal) {
        return named[ordinal];
    }

    /** Returns the field's new vector, or null if it has none. */
    public float @Nullable [] vector(int ordinal) {
        return vectors.get(ordinal);
    }

    /** Gives the row this vector, although the event brings none. */
    public void keepVector(int ordinal, float[] vector) {
        named[ordinal] = true;
        vector(ordinal, vector);
    }

    /** Takes the vector from the row, although the event does not name it. */
    public void dropVector(int ordinal) {
        named[ordinal] = true;
    }

    /** Returns the value that the event gives the field; null where it gives none. */
    @Nullable Object value(int ordinal) {
        ValueReader reader = new ValueReader(entries.buffer(), 0, entries.length());
        while (reader.hasRemaining()) {
            if (reader.readVarint() == ordinal) {
                return reader.readValue();
            }
            reader.skipValue();
        }
        return null;
    }

    /** Returns the whole row; its event time is that of the time field, else {@code timestampMs}. */
    byte[] toRow(long timestampMs) {
        return toRow(timestampMs, eventTypeId);
    }

    private byte[] toRow(long timestampMs, long typeId) {
        row.reset();
        RowFormat.writeHeader(row, hasTime ? timeMs : timestampMs, typeId);
        row.writeRaw(entries.buffer(), 0, entries.length());
        return row.toBytes();
    }

    /** Returns {@code old} with the fields that the event names replaced. */
    byte[] patch(byte[] old, int timeOrdinal, long timestampMs) {
        ValueReader reader = new ValueReader(old);
        reader.position(RowFormat.ENTRIES);
        while (reader.hasRemaining()) {
            int start = reader.position();
            int ordinal = reader.readVarint();
            int value = reader.position();
            reader.skipValue();
            if (ordinal >= named.length || !named[ordinal]) {
                entries.writeRaw(old, start, reader.position() - start);
                if (ordinal == timeOrdinal) {
                    time(Bytes.toLong(old, value + 1));
                }
            }
        }
        return toRow(timestampMs, hasEventType ? eventTypeId : RowFormat.eventTypeId(old));
    }
}
