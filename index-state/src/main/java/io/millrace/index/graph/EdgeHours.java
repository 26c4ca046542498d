package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * In which hour each edge of one type was last seen, so that the old ones are found without looking at the others; which
 * hours there are, and the greatest time, are in memory too.
 *
 * <p>An edge is written once into each hour that it enters, and not taken out when it leaves: only when an hour goes is it
 * looked up which of its edges are still there and have not been seen since. Version 1 of the bytes:
 *
 * <p>{@link StateNames#EDGE_HOURS}: the namespace is edge type and hour; the key the direction (1 for outgoing), the length
 * of the vertex's key (4 bytes), that key, and the key of {@link EdgeFormat}; the value the version.
 *
 * <p>{@link StateNames#EDGE_TIMES}: the namespace is the edge type; a key of 8 bytes is an hour, its value the version; the
 * value of the key 0 (1 byte) is the version and the greatest time (8 bytes).
 */
final class EdgeHours {
    static final long HOUR_MS = 3_600_000;

    private static final byte VERSION = 1;
    private static final byte[] MARK = {VERSION};

    /** Of another length than the key of an hour. */
    private static final byte[] GREATEST = {0};

    private final long edgeTypeId;
    private final byte[] namespace;
    private final KeyValueStore edges;
    private final KeyValueStore times;
    private final TreeSet<Long> hours = new TreeSet<>();
    private long greatestMs = Long.MIN_VALUE;
    private boolean greatestChanged;
    private long openHour;
    private @Nullable Cursor open;

    /** Takes the identity of an edge that was last seen in the hour that goes, or later, or is gone. */
    @FunctionalInterface
    interface Visitor {
        void accept(boolean outgoing, byte[] vertex, byte[] entryKey);
    }

    EdgeHours(ShardStorage storage, long edgeTypeId) {
        this.edgeTypeId = edgeTypeId;
        namespace = Namespaces.of(edgeTypeId);
        edges = storage.open(StateNames.EDGE_HOURS);
        times = storage.open(StateNames.EDGE_TIMES);
        Cursor cursor = times.scan(namespace);
        while (cursor.next()) {
            checkVersion(cursor.value());
            if (cursor.key().length == Long.BYTES) {
                hours.add(Bytes.toLong(cursor.key(), 0));
            } else {
                greatestMs = Bytes.toLong(cursor.value(), 1);
            }
        }
    }

    /** Returns the greatest time that was seen; the least of all for none. */
    long greatestMs() {
        return greatestMs;
    }

    void seen(long timeMs) {
        if (timeMs > greatestMs) {
            greatestMs = timeMs;
            greatestChanged = true;
        }
    }

    /** Returns the hour of a time, counted from the epoch. */
    static long hour(long ms) {
        return Math.floorDiv(ms, HOUR_MS);
    }

    /** Notes the edge, which was last seen in this hour. */
    void enter(EdgeWrite write, long hour) {
        if (hours.add(hour)) {
            times.put(namespace, Bytes.ofLong(hour), MARK);
        }
        edges.put(Namespaces.edgeHour(edgeTypeId, hour), key(write), MARK);
    }

    /** Returns whether there is an hour that ends by {@code endMs}. */
    boolean hasBefore(long endMs) {
        return !hours.isEmpty() && hours.first() < hour(endMs);
    }

    /** Takes one edge out of the first hour, or the hour away where it has none. */
    void takeFirst(Visitor visitor) {
        long hour = hours.first();
        byte[] hourNamespace = Namespaces.edgeHour(edgeTypeId, hour);
        Cursor cursor = open == null || openHour != hour ? edges.scan(hourNamespace) : open;
        open = cursor;
        openHour = hour;
        if (cursor.next()) {
            checkVersion(cursor.value());
            edges.remove(hourNamespace, cursor.key());
            visit(cursor.key(), visitor);
        } else {
            times.remove(namespace, Bytes.ofLong(hour));
            hours.remove(hour);
            open = null;
        }
    }

    /** Removes some entries, for an edge type that was dropped, and returns whether more are left. */
    boolean removeSome(int entriesMax) {
        for (int i = 0; i < entriesMax && !hours.isEmpty(); i++) {
            takeFirst((outgoing, vertex, entryKey) -> {});
        }
        if (hours.isEmpty()) {
            times.remove(namespace, GREATEST);
        }
        return !hours.isEmpty();
    }

    /** Writes the greatest time where it has changed. */
    void flush() {
        if (greatestChanged) {
            byte[] value = new byte[1 + Long.BYTES];
            value[0] = VERSION;
            Bytes.putLong(value, 1, greatestMs);
            times.put(namespace, GREATEST, value);
            greatestChanged = false;
        }
    }

    private static byte[] key(EdgeWrite write) {
        byte[] vertex = write.vertex();
        byte[] entryKey = write.entryKey();
        byte[] key = new byte[1 + Integer.BYTES + vertex.length + entryKey.length];
        key[0] = (byte) (write.outgoing() ? 1 : 0);
        Bytes.putInt(key, 1, vertex.length);
        System.arraycopy(vertex, 0, key, 1 + Integer.BYTES, vertex.length);
        System.arraycopy(entryKey, 0, key, 1 + Integer.BYTES + vertex.length, entryKey.length);
        return key;
    }

    private static void visit(byte[] key, Visitor visitor) {
        int end = 1 + Integer.BYTES + Bytes.toInt(key, 1);
        visitor.accept(
                key[0] == 1, Arrays.copyOfRange(key, 1 + Integer.BYTES, end), Arrays.copyOfRange(key, end, key.length));
    }

    private static void checkVersion(byte[] value) {
        if (value[0] != VERSION) {
            throw new IllegalStateException(
                    "the hour of an edge in state has version " + value[0] + ", not " + VERSION);
        }
    }
}
