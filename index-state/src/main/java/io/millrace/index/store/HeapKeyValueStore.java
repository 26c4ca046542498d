package io.millrace.index.store;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A store on the heap, ordered by unsigned bytes. Its cursors are weakly consistent. */
public final class HeapKeyValueStore implements KeyValueStore {
    private final ConcurrentNavigableMap<byte[], ConcurrentNavigableMap<byte[], byte[]>> namespaces =
            new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    @Override
    public byte @Nullable [] get(byte[] namespace, byte[] key) {
        Map<byte[], byte[]> entries = namespaces.get(namespace);
        return entries == null ? null : entries.get(key);
    }

    @Override
    public void put(byte[] namespace, byte[] key, byte[] value) {
        namespaces
                .computeIfAbsent(namespace, ignored -> new ConcurrentSkipListMap<>(Arrays::compareUnsigned))
                .put(key, value);
    }

    @Override
    public void putAll(byte[] namespace, Map<byte[], byte[]> entries) {
        entries.forEach((key, value) -> put(namespace, key, value));
    }

    @Override
    public void remove(byte[] namespace, byte[] key) {
        Map<byte[], byte[]> entries = namespaces.get(namespace);
        if (entries != null) {
            entries.remove(key);
        }
    }

    @Override
    public Cursor scan(byte[] namespace) {
        Map<byte[], byte[]> entries = namespaces.get(namespace);
        return new MapCursor(entries == null ? Map.of() : entries);
    }

    @Override
    public int compareKeys(byte[] left, byte[] right) {
        return Arrays.compareUnsigned(left, right);
    }

    @Override
    public NamespaceCursor namespaces(byte[] prefix) {
        return new MapNamespaceCursor(prefix, namespaces.keySet().iterator());
    }

    @Override
    public void clear(byte[] namespace) {
        namespaces.remove(namespace);
    }

    /** Returns how many entries there are in all namespaces. */
    public long size() {
        return namespaces.values().stream().mapToLong(Map::size).sum();
    }

    HeapKeyValueStore copy() {
        HeapKeyValueStore copy = new HeapKeyValueStore();
        namespaces.forEach((namespace, entries) -> entries.forEach((key, value) -> copy.put(namespace, key, value)));
        return copy;
    }

    private static final class MapNamespaceCursor implements NamespaceCursor {
        private final byte[] prefix;
        private final Iterator<byte[]> all;
        private byte @Nullable [] namespace;

        MapNamespaceCursor(byte[] prefix, Iterator<byte[]> all) {
            this.prefix = prefix;
            this.all = all;
        }

        @Override
        public boolean next() {
            namespace = null;
            if (!all.hasNext()) {
                return false;
            }
            byte[] found = all.next();
            if (Bytes.startsWith(found, prefix)) {
                namespace = found;
            }
            return true;
        }

        @Override
        public byte @Nullable [] namespace() {
            return namespace;
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }

    private static final class MapCursor implements Cursor {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private Map.@Nullable Entry<byte[], byte[]> current;

        MapCursor(Map<byte[], byte[]> map) {
            entries = map.entrySet().iterator();
        }

        @Override
        public boolean next() {
            current = entries.hasNext() ? entries.next() : null;
            return current != null;
        }

        @Override
        public byte[] key() {
            return entry().getKey();
        }

        @Override
        public byte[] value() {
            return entry().getValue();
        }

        private Map.Entry<byte[], byte[]> entry() {
            if (current == null) {
                throw new IllegalStateException("the cursor stands on no entry");
            }
            return current;
        }
    }
}
