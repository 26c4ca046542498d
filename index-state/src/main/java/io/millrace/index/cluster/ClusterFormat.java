package io.millrace.index.cluster;

import io.millrace.index.cluster.ClusterModel.Progress;
import io.millrace.index.cluster.ClusterModel.Slot;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/** The bytes of clusters in state, version 1 in front of each. */
final class ClusterFormat {
    private static final int VERSION = 1;

    private ClusterFormat() {}

    /** What is known of the clusters of an index, but for the clusters. */
    record Head(boolean filled, int slots, Progress progress) {}

    static byte[] head(Head head) {
        Progress progress = head.progress();
        ValueWriter out = new ValueWriter(64);
        out.writeByte(VERSION);
        out.writeBoolean(head.filled());
        out.writeVarint(head.slots());
        out.writeLong(progress.seen());
        out.writeLong(progress.renewedAt());
        out.writeDouble(progress.cost());
        out.writeVarint(progress.slotOfLabel().length);
        for (int slot : progress.slotOfLabel()) {
            out.writeVarint(slot);
        }
        return out.toBytes();
    }

    static Head readHead(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        checkVersion(in.readByte());
        boolean filled = in.readBoolean();
        int slots = in.readVarint();
        long seen = in.readLong();
        long renewedAt = in.readLong();
        double cost = in.readDouble();
        int[] slotOfLabel = new int[in.readVarint()];
        for (int label = 0; label < slotOfLabel.length; label++) {
            slotOfLabel[label] = in.readVarint();
        }
        return new Head(filled, slots, new Progress(seen, renewedAt, cost, slotOfLabel));
    }

    static byte[] slot(Slot slot) {
        ValueWriter out = new ValueWriter(32 + slot.centroid().length * Float.BYTES);
        out.writeByte(VERSION);
        out.writeVarint(slot.label());
        out.writeLong(slot.weight());
        out.writeLong(slot.size());
        out.writeFloats(slot.centroid());
        return out.toBytes();
    }

    static Slot readSlot(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        checkVersion(in.readByte());
        return new Slot(in.readVarint(), in.readLong(), in.readLong(), in.readFloats());
    }

    /** Returns what is kept of a row: the label of its cluster. */
    static byte[] entry(int label) {
        byte[] bytes = new byte[1 + Integer.BYTES];
        bytes[0] = VERSION;
        Bytes.putInt(bytes, 1, label);
        return bytes;
    }

    static int label(byte[] entry) {
        checkVersion(entry[0]);
        return Bytes.toInt(entry, 1);
    }

    private static void checkVersion(int version) {
        if (version != VERSION) {
            throw new IllegalStateException("unknown version " + version + " of a cluster");
        }
    }
}
