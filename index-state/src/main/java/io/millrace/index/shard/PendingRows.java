package io.millrace.index.shard;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows whose last change has not reached a vector index, in the order of the first such change. What changed is not
 * kept: the rows are in state. The keys are in memory, and from the next barrier on in state.
 */
final class PendingRows {
    private static final byte VERSION = 1;

    private record Waiting(String key, long sequence, long arrivedMs) {}

    private final KeyValueStore store;
    private final byte[] namespace;
    private final LinkedHashMap<String, Waiting> waiting = new LinkedHashMap<>();
    private long nextSequence;

    /** Not in state yet, as far as they still wait. */
    private final List<Waiting> fresh = new ArrayList<>();

    /** Changes from here on are not in state yet. */
    private long unwritten;

    /** Those below are to be applied now. */
    private long due;

    /** Loads what waited when state was written; it counts as arrived at {@code nowMs}. */
    PendingRows(KeyValueStore store, long indexId, long nowMs) {
        this.store = store;
        namespace = Namespaces.of(indexId);
        Map<Long, String> stored = new TreeMap<>();
        Cursor cursor = store.scan(namespace);
        while (cursor.next()) {
            byte[] value = cursor.value();
            if (value[0] != VERSION) {
                throw new IllegalStateException("unknown version " + value[0] + " of a pending row");
            }
            stored.put(Bytes.toLong(cursor.key(), 0), new String(value, 1, value.length - 1, StandardCharsets.UTF_8));
        }
        stored.forEach((sequence, key) -> {
            waiting.put(key, new Waiting(key, sequence, nowMs));
            nextSequence = sequence + 1;
        });
        unwritten = nextSequence;
    }

    void add(String key, long nowMs) {
        if (!waiting.containsKey(key)) {
            Waiting one = new Waiting(key, nextSequence++, nowMs);
            waiting.put(key, one);
            fresh.add(one);
        }
    }

    boolean contains(String key) {
        return waiting.containsKey(key);
    }

    Collection<String> keys() {
        return waiting.keySet();
    }

    int size() {
        return waiting.size();
    }

    /** Returns when the oldest came; {@link Long#MAX_VALUE} if nothing waits. */
    long oldestMs() {
        Iterator<Waiting> all = waiting.values().iterator();
        return all.hasNext() ? all.next().arrivedMs() : Long.MAX_VALUE;
    }

    /** Lets everything that waits now be applied. */
    void allDue() {
        due = nextSequence;
    }

    /** Returns whether {@link #pollDue} has one. */
    boolean hasDue() {
        Iterator<Waiting> all = waiting.values().iterator();
        return all.hasNext() && all.next().sequence() < due;
    }

    /** Takes out the oldest that is due; null if none is. */
    @Nullable String pollDue() {
        return hasDue() ? poll() : null;
    }

    /** Takes out the oldest; null if nothing waits. */
    @Nullable String poll() {
        Iterator<Waiting> all = waiting.values().iterator();
        if (!all.hasNext()) {
            return null;
        }
        Waiting oldest = all.next();
        all.remove();
        forget(oldest);
        return oldest.key();
    }

    /** Takes the row out, whose change reached the index. */
    void remove(String key) {
        Waiting one = waiting.remove(key);
        if (one != null) {
            forget(one);
        }
    }

    private void forget(Waiting one) {
        if (one.sequence() < unwritten) {
            store.remove(namespace, Bytes.ofLong(one.sequence()));
        }
    }

    /** Forgets all. */
    void clear() {
        waiting.values().forEach(this::forget);
        waiting.clear();
    }

    void flush() {
        for (Waiting one : fresh) {
            if (waiting.get(one.key()) == one) {
                byte[] key = Bytes.utf8(one.key());
                byte[] value = new byte[1 + key.length];
                value[0] = VERSION;
                System.arraycopy(key, 0, value, 1, key.length);
                store.put(namespace, Bytes.ofLong(one.sequence()), value);
            }
        }
        fresh.clear();
        unwritten = nextSequence;
    }
}
