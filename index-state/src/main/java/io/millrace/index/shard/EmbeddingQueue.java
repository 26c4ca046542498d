package io.millrace.index.shard;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.OffsetToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one index whose text waits for its vector. All are in state; in memory is a window of them, which is filled
 * again from state as it empties.
 */
final class EmbeddingQueue {
    static final int WINDOW_MAX = 1_024;

    private static final byte VERSION = 1;

    /** Stands for a change that is older than the index. */
    private static final String NOWHERE = "";

    /**
     * @param hash of the text
     * @param partition and offset of the first change that waits; {@link #NOWHERE} for one older than the index
     */
    private record Waiting(long hash, String partition, long offset) {
        boolean isOf(String other) {
            return partition.equals(NOWHERE) || partition.equals(other);
        }

        boolean isAbove(OffsetToken token) {
            Long next = token.nextOffsets().get(partition);
            return !partition.equals(NOWHERE) && (next == null || offset >= next);
        }
    }

    private final KeyValueStore store;
    private final byte[] namespace;
    private final Map<String, Waiting> window = new LinkedHashMap<>();
    private final Set<String> underWay = new HashSet<>();

    /** Whether state may have rows that the window lacks. */
    private boolean beyond;

    private long size;
    private long progress;

    /** @param size rows that wait, by what was written beside the state */
    EmbeddingQueue(KeyValueStore store, long indexId, long size) {
        this.store = store;
        namespace = Namespaces.of(indexId);
        this.size = size;
        beyond = size > 0;
    }

    /** Lets a row wait, or wait with another text; it keeps the position that it waits from. */
    void add(String key, long hash, String partition, long offset) {
        Waiting before = find(key);
        Waiting now = before != null && before.isOf(partition)
                ? new Waiting(hash, before.partition, before.offset)
                : new Waiting(hash, partition, offset);
        put(key, before, now);
    }

    /** Lets a row wait that was there before the index; one that waits already is left as it is. */
    void addOld(String key, long hash) {
        Waiting before = find(key);
        if (before == null) {
            put(key, null, new Waiting(hash, NOWHERE, -1));
        }
    }

    private void put(String key, @Nullable Waiting before, Waiting waiting) {
        if (before == null) {
            size++;
        }
        store.put(namespace, Bytes.utf8(key), encode(waiting));
        if (window.containsKey(key) || (!beyond && window.size() < WINDOW_MAX)) {
            window.put(key, waiting);
        } else {
            beyond = true;
        }
    }

    private @Nullable Waiting find(String key) {
        Waiting known = window.get(key);
        if (known != null || !beyond) {
            return known;
        }
        byte[] stored = store.get(namespace, Bytes.utf8(key));
        return stored == null ? null : decode(stored);
    }

    /** Takes the row out, wherever its vector came from. */
    void remove(String key) {
        if (find(key) != null) {
            window.remove(key);
            store.remove(namespace, Bytes.utf8(key));
            size--;
            progress++;
        }
    }

    /** Returns whether the row waits for the vector of just this text. */
    boolean awaits(String key, long hash) {
        Waiting waiting = window.get(key);
        return waiting != null && waiting.hash == hash;
    }

    /** Returns whether {@link #refill} has something to read. */
    boolean needsRefill() {
        return beyond && window.size() < WINDOW_MAX / 2;
    }

    /** Reads rows from state until the window is full. */
    void refill() {
        Cursor cursor = store.scan(namespace);
        while (window.size() < WINDOW_MAX) {
            if (!cursor.next()) {
                beyond = false;
                progress++;
                return;
            }
            window.putIfAbsent(Bytes.text(cursor.key()), decode(cursor.value()));
        }
    }

    /** Returns whether {@link #take} has one. */
    boolean hasNext() {
        return window.size() > underWay.size() || window.keySet().stream().anyMatch(key -> !underWay.contains(key));
    }

    /** Returns rows that are not under way, which they then are, at most {@code max}. */
    List<String> take(int max) {
        List<String> taken = new ArrayList<>();
        for (Iterator<String> all = window.keySet().iterator(); all.hasNext() && taken.size() < max; ) {
            String key = all.next();
            if (underWay.add(key)) {
                taken.add(key);
            }
        }
        return taken;
    }

    /** Notes that the row is not under way any more; if it still waits, others go first. */
    void back(String key) {
        underWay.remove(key);
        Waiting waiting = window.remove(key);
        if (waiting != null) {
            window.put(key, waiting);
        }
    }

    /** Returns whether no row waits whose change is below the token. */
    boolean covers(OffsetToken token) {
        return !beyond && window.values().stream().allMatch(waiting -> waiting.isAbove(token));
    }

    /** Returns how many rows wait. */
    long size() {
        return size;
    }

    /** Returns a number that grows when {@link #covers} may have become true. */
    long progress() {
        return progress;
    }

    private static byte[] encode(Waiting waiting) {
        byte[] partition = Bytes.utf8(waiting.partition);
        byte[] value = new byte[1 + 2 * Long.BYTES + partition.length];
        value[0] = VERSION;
        Bytes.putLong(value, 1, waiting.hash);
        Bytes.putLong(value, 9, waiting.offset);
        System.arraycopy(partition, 0, value, 17, partition.length);
        return value;
    }

    private static Waiting decode(byte[] value) {
        if (value[0] != VERSION) {
            throw new IllegalStateException("unknown version " + value[0] + " of a row that waits to be embedded");
        }
        String partition = new String(value, 17, value.length - 17, StandardCharsets.UTF_8);
        return new Waiting(Bytes.toLong(value, 1), partition, Bytes.toLong(value, 9));
    }
}
