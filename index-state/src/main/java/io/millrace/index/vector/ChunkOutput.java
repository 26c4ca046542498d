package io.millrace.index.vector;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Writes a stream to state in chunks of at most {@link #CHUNK_BYTES}, numbered from 0, in place of an older one. */
final class ChunkOutput extends OutputStream {
    static final int CHUNK_BYTES = 1 << 20;

    private final KeyValueStore store;
    private final byte[] namespace;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int length;
    private long count;
    private boolean closed;

    ChunkOutput(KeyValueStore store, byte[] namespace) {
        this.store = store;
        this.namespace = namespace;
    }

    static void writeLong(OutputStream out, long value) throws IOException {
        out.write(Bytes.ofLong(value));
    }

    @Override
    public void write(int value) {
        if (length == CHUNK_BYTES) {
            writeChunk();
        }
        chunk[length++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        for (int done = 0; done < count; ) {
            if (length == CHUNK_BYTES) {
                writeChunk();
            }
            int part = Math.min(count - done, CHUNK_BYTES - length);
            System.arraycopy(bytes, offset + done, chunk, length, part);
            length += part;
            done += part;
        }
    }

    private void writeChunk() {
        store.put(namespace, Bytes.ofLong(count++), Arrays.copyOf(chunk, length));
        length = 0;
    }

    /** Writes the last chunk, and removes those that the older stream had more. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writeChunk();
            for (long old = count; store.get(namespace, Bytes.ofLong(old)) != null; old++) {
                store.remove(namespace, Bytes.ofLong(old));
            }
        }
    }
}
