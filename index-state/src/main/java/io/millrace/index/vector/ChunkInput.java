package io.millrace.index.vector;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what {@link ChunkOutput} wrote. */
final class ChunkInput extends InputStream {
    private final KeyValueStore store;
    private final byte[] namespace;
    private byte[] chunk = Bytes.NONE;
    private int position;
    private long count;

    ChunkInput(KeyValueStore store, byte[] namespace) {
        this.store = store;
        this.namespace = namespace;
    }

    static long readLong(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Long.BYTES);
        if (bytes.length < Long.BYTES) {
            throw new EOFException("nothing is stored");
        }
        return Bytes.toLong(bytes, 0);
    }

    @Override
    public int read() {
        return fill() ? chunk[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int part = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, target, offset, part);
        position += part;
        return part;
    }

    /** Returns whether there is a byte to read. */
    private boolean fill() {
        while (position == chunk.length) {
            byte[] next = store.get(namespace, Bytes.ofLong(count));
            if (next == null) {
                return false;
            }
            chunk = next;
            position = 0;
            count++;
        }
        return true;
    }
}
