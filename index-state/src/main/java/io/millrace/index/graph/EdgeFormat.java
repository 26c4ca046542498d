package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an edge as one of its ends keeps it, version 1.
 *
 * <p>Key: the length of the neighbour's key (4 bytes), that key, and for an edge with an id a 1 and the id, else a 0.
 * Value: the version, weight, first seen, last seen and event time (8 bytes each), and the properties as the entries of
 * {@link io.millrace.index.document.RowFormat}.
 */
final class EdgeFormat {
    /** Where the properties begin. */
    static final int ENTRIES = 33;

    private static final int VERSION = 1;

    private EdgeFormat() {}

    static byte[] key(String neighbour, @Nullable String id) {
        byte[] end = Bytes.utf8(neighbour);
        byte[] suffix = id == null ? Bytes.NONE : Bytes.utf8(id);
        byte[] key = new byte[Integer.BYTES + end.length + 1 + suffix.length];
        Bytes.putInt(key, 0, end.length);
        System.arraycopy(end, 0, key, Integer.BYTES, end.length);
        key[Integer.BYTES + end.length] = (byte) (id == null ? 0 : 1);
        System.arraycopy(suffix, 0, key, Integer.BYTES + end.length + 1, suffix.length);
        return key;
    }

    static String neighbour(byte[] key) {
        return new String(key, Integer.BYTES, neighbourLength(key), StandardCharsets.UTF_8);
    }

    static boolean hasId(byte[] key) {
        return key[Integer.BYTES + neighbourLength(key)] != 0;
    }

    static @Nullable String id(byte[] key) {
        int flag = Integer.BYTES + neighbourLength(key);
        return key[flag] == 0 ? null : new String(key, flag + 1, key.length - flag - 1, StandardCharsets.UTF_8);
    }

    private static int neighbourLength(byte[] key) {
        return Bytes.toInt(key, 0);
    }

    static byte[] value(long weight, long firstSeenMs, long lastSeenMs, long eventTimeMs, byte[] entries) {
        byte[] value = new byte[ENTRIES + entries.length];
        value[0] = VERSION;
        Bytes.putLong(value, 1, weight);
        Bytes.putLong(value, 9, firstSeenMs);
        Bytes.putLong(value, 17, lastSeenMs);
        Bytes.putLong(value, 25, eventTimeMs);
        System.arraycopy(entries, 0, value, ENTRIES, entries.length);
        return value;
    }

    static long weight(byte[] value) {
        if (value[0] != VERSION) {
            throw new IllegalStateException("unknown edge version " + value[0]);
        }
        return Bytes.toLong(value, 1);
    }

    static long firstSeenMs(byte[] value) {
        return Bytes.toLong(value, 9);
    }

    static long lastSeenMs(byte[] value) {
        return Bytes.toLong(value, 17);
    }

    /** Returns the edge, or null where it was last seen before {@code ms}. */
    static byte @Nullable [] since(long ms, byte @Nullable [] value) {
        return value == null || lastSeenMs(value) < ms ? null : value;
    }

    static long eventTimeMs(byte[] value) {
        return Bytes.toLong(value, 25);
    }
}
