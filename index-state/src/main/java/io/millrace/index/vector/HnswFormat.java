package io.millrace.index.vector;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/** How rows, nodes and what belongs to the whole index are written in state. Their bytes are committed: append only. */
final class HnswFormat {
    private static final int VERSION = 1;

    private HnswFormat() {}

    static byte[] key(int slot) {
        byte[] key = new byte[Integer.BYTES];
        Bytes.putInt(key, 0, slot);
        return key;
    }

    static int slot(byte[] key) {
        return Bytes.toInt(key, 0);
    }

    static byte[] row(int node, String key, byte[] fields) {
        ValueWriter out = new ValueWriter(16 + key.length() + fields.length);
        out.writeByte(VERSION);
        out.writeInt(node);
        out.writeString(key);
        out.writeBytes(fields);
        return out.toBytes();
    }

    static byte[] node(HnswGraph graph, int slot) {
        LinkTable links = graph.links();
        int level = links.level(slot);
        ValueWriter out = new ValueWriter(Integer.BYTES * (links.room(0) + level * (graph.m() + 1)) + 16);
        out.writeByte(VERSION);
        out.writeByte(level);
        out.writeInt(graph.lineage().parent(slot));
        for (int l = 0; l <= level; l++) {
            int count = links.size(slot, l);
            int[] list = links.links(slot, l);
            int from = links.offset(slot, l);
            out.writeVarint(count);
            for (int i = from; i < from + count; i++) {
                out.writeInt(list[i]);
            }
        }
        return out.toBytes();
    }

    static byte[] entry(int entry, int root) {
        ValueWriter out = new ValueWriter(16);
        out.writeByte(VERSION);
        out.writeInt(entry);
        out.writeInt(root);
        return out.toBytes();
    }

    static byte[] frame(Frame frame) {
        ValueWriter out = new ValueWriter(frame.dimension() * Float.BYTES + 16);
        out.writeByte(VERSION);
        frame.writeTo(out);
        return out.toBytes();
    }

    /** Returns a reader that stands behind the version. */
    static ValueReader open(byte[] value) {
        ValueReader in = new ValueReader(value);
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version " + version + " of an hnsw index in state");
        }
        return in;
    }
}
