package io.millrace.index.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One named state of one shard: namespaces of keys and values, all plain bytes that neither side changes afterwards.
 *
 * <p>Used by one thread. A namespace that was never written is empty.
 */
public interface KeyValueStore {
    /** Returns the value, or null if there is none. */
    byte @Nullable [] get(byte[] namespace, byte[] key);

    void put(byte[] namespace, byte[] key, byte[] value);

    /** Puts all entries, in the order of the map; that takes less time than to put them one by one. */
    void putAll(byte[] namespace, Map<byte[], byte[]> entries);

    /** Removes the entry; a missing one changes nothing. */
    void remove(byte[] namespace, byte[] key);

    /**
     * Returns the entries of exactly this namespace, in an order that is fixed for equal contents of one kind of store
     * but says nothing else. The cursor is lazy and may be held while others write: an entry that stays is seen once;
     * one that is put or removed behind the start may be seen or not.
     */
    Cursor scan(byte[] namespace);

    /** Compares two keys by the order in which {@link #scan} gives them. */
    int compareKeys(byte[] left, byte[] right);

    /**
     * Returns the namespaces that begin with {@code prefix} and had entries when this was called, each at least once. The
     * cost is that of the whole state, in steps: this is for cleaning up, not for reading.
     */
    NamespaceCursor namespaces(byte[] prefix);

    /** Removes all entries of the namespace, in one go: large ones are removed through {@link #scan} in slices. */
    void clear(byte[] namespace);
}
