package io.millrace.planner.cache;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/**
 * A plan that was made for a question. It is kept as it was written, with its parameters, and checked anew whenever it is
 * used; results are never kept.
 *
 * @param plan JSON text
 * @param catalogVersion that it was right for: under another it is not used
 * @param storedMs epoch ms
 */
public record CachedPlan(String plan, long catalogVersion, long storedMs) {
    private static final int VERSION = 1;

    /** Returns the binary form, the version in front. */
    public byte[] toBytes() {
        ValueWriter out = new ValueWriter(plan.length() + 32);
        out.writeByte(VERSION);
        out.writeString(plan);
        out.writeLong(catalogVersion);
        out.writeLong(storedMs);
        return out.toBytes();
    }

    /** @throws IllegalStateException if the bytes have another version */
    public static CachedPlan of(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version of a cached plan " + version);
        }
        return new CachedPlan(in.readString(), in.readLong(), in.readLong());
    }
}
