package io.millrace.index.graph;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/**
 * A checked change of an edge as one of its ends sees it.
 *
 * @param outgoing whether the vertex is the start of the edge
 * @param entryKey as {@link EdgeFormat} has it
 * @param entries the properties of an upsert
 */
record EdgeWrite(boolean delete, boolean outgoing, byte[] vertex, byte[] entryKey, long eventTimeMs, byte[] entries) {
    private static final int VERSION = 1;

    /**
     * Returns what the change makes of the edge, null for none. An upsert of an edge without an id adds 1 to its weight;
     * one with an id replaces it.
     */
    byte @Nullable [] apply(byte @Nullable [] old) {
        if (delete) {
            return null;
        }
        if (old == null || EdgeFormat.hasId(entryKey)) {
            return EdgeFormat.value(1, eventTimeMs, eventTimeMs, eventTimeMs, entries);
        }
        return EdgeFormat.value(
                EdgeFormat.weight(old) + 1,
                Math.min(EdgeFormat.firstSeenMs(old), eventTimeMs),
                Math.max(EdgeFormat.lastSeenMs(old), eventTimeMs),
                eventTimeMs,
                entries);
    }

    byte[] encode() {
        ValueWriter out = new ValueWriter();
        out.writeByte(VERSION);
        out.writeBoolean(delete);
        out.writeBoolean(outgoing);
        out.writeBytes(vertex);
        out.writeBytes(entryKey);
        out.writeLong(eventTimeMs);
        out.writeBytes(entries);
        return out.toBytes();
    }

    static EdgeWrite decode(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version " + version + " of a waiting edge change");
        }
        return new EdgeWrite(
                in.readBoolean(), in.readBoolean(), in.readBytes(), in.readBytes(), in.readLong(), in.readBytes());
    }
}
