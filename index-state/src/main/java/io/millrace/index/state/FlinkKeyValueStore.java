package io.millrace.index.state;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * One state of one shard in Flink's keyed state: a MapState under the shard's key and a namespace of our own, which in
 * RocksDB is one prefix. A cursor stays valid while others change the key or the namespace: RocksDB's iterator takes its
 * prefix when it is made.
 */
final class FlinkKeyValueStore implements KeyValueStore {
    /** {@code RocksDBMapState.RocksDBMapIterator.CACHE_SIZE_LIMIT}. */
    private static final int BLOCK = 128;

    private final String name;
    private final Integer shardKey;
    private final KeyedStateBackend<Integer> backend;
    private final InternalMapState<Integer, byte[], byte[], byte[]> state;

    FlinkKeyValueStore(
            String name,
            Integer shardKey,
            KeyedStateBackend<Integer> backend,
            InternalMapState<Integer, byte[], byte[], byte[]> state) {
        this.name = name;
        this.shardKey = shardKey;
        this.backend = backend;
        this.state = state;
    }

    /** Flink itself sets the key before an element, so the backend is asked; a set key is serialized anew. */
    private void select(byte[] namespace) {
        if (!shardKey.equals(backend.getCurrentKey())) {
            backend.setCurrentKey(shardKey);
        }
        state.setCurrentNamespace(namespace);
    }

    @Override
    public byte @Nullable [] get(byte[] namespace, byte[] key) {
        select(namespace);
        try {
            return state.get(key);
        } catch (Exception e) {
            throw failed("read", e);
        }
    }

    @Override
    public void put(byte[] namespace, byte[] key, byte[] value) {
        select(namespace);
        try {
            state.put(key, value);
        } catch (Exception e) {
            throw failed("written", e);
        }
    }

    @Override
    public void putAll(byte[] namespace, Map<byte[], byte[]> entries) {
        select(namespace);
        try {
            state.putAll(entries);
        } catch (Exception e) {
            throw failed("written", e);
        }
    }

    @Override
    public void remove(byte[] namespace, byte[] key) {
        select(namespace);
        try {
            state.remove(key);
        } catch (Exception e) {
            throw failed("written", e);
        }
    }

    @Override
    public Cursor scan(byte[] namespace) {
        select(namespace);
        try {
            return new EntryCursor(namespace, state.iterator());
        } catch (Exception e) {
            throw failed("scanned", e);
        }
    }

    @Override
    public int compareKeys(byte[] left, byte[] right) {
        return BytesSerializer.compare(left, right);
    }

    @Override
    public NamespaceCursor namespaces(byte[] prefix) {
        return new EntryNamespaceCursor(prefix, backend.getKeysAndNamespaces(name));
    }

    @Override
    public void clear(byte[] namespace) {
        select(namespace);
        state.clear();
    }

    private FlinkRuntimeException failed(String what, Exception cause) {
        return new FlinkRuntimeException("state \"" + name + "\" cannot be " + what, cause);
    }

    /** Flink's stream is lazy and has one element an entry of any key, for it compares namespaces by identity. */
    private final class EntryNamespaceCursor implements NamespaceCursor {
        private final byte[] prefix;
        private final Stream<Tuple2<Integer, byte[]>> stream;
        private final Iterator<Tuple2<Integer, byte[]>> entries;
        private byte[] last = Bytes.NONE;
        private byte @Nullable [] namespace;

        EntryNamespaceCursor(byte[] prefix, Stream<Tuple2<Integer, byte[]>> stream) {
            this.prefix = prefix;
            this.stream = stream;
            entries = stream.iterator();
        }

        @Override
        public boolean next() {
            namespace = null;
            if (!entries.hasNext()) {
                return false;
            }
            Tuple2<Integer, byte[]> entry = entries.next();
            boolean asked = entry.f0.equals(shardKey) && Bytes.startsWith(entry.f1, prefix);
            if (asked && !Arrays.equals(entry.f1, last)) {
                last = entry.f1;
                namespace = entry.f1;
            }
            return true;
        }

        @Override
        public byte @Nullable [] namespace() {
            return namespace;
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /**
     * Flink's iterator reads blocks of {@link #BLOCK} entries, each from the last entry that it returned. If that entry is
     * gone by then, the iterator skips the one behind it. So the next block is read as soon as the last entry of a block
     * is reached, before anybody can remove it, and one that was removed earlier is made known to the iterator.
     */
    private final class EntryCursor implements Cursor {
        private final byte[] namespace;
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private byte[] key = Bytes.NONE;
        private byte[] value = Bytes.NONE;
        private long returned;

        EntryCursor(byte[] namespace, Iterator<Map.Entry<byte[], byte[]>> entries) {
            this.namespace = namespace;
            this.entries = entries;
        }

        @Override
        public boolean next() {
            if (!entries.hasNext()) {
                return false;
            }
            Map.Entry<byte[], byte[]> entry = entries.next();
            key = entry.getKey();
            value = entry.getValue();
            if (++returned % BLOCK == 0) {
                readNextBlock();
            }
            return true;
        }

        private void readNextBlock() {
            if (get(namespace, key) == null) {
                entries.remove();
            }
            var unused = entries.hasNext();
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        public byte[] value() {
            return value;
        }
    }
}
