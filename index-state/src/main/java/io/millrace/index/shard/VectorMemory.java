package io.millrace.index.shard;

import java.util.IdentityHashMap;
import java.util.Map;

/** How much memory the vector indexes of a subtask take together, against what they may. */
final class VectorMemory {
    private final long bytesMax;
    private final Map<Object, Long> bytes = new IdentityHashMap<>();
    private long total;

    VectorMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Notes what the owner takes now, and returns whether all together is within the bound. */
    boolean set(Object owner, long newBytes) {
        Long before = bytes.put(owner, newBytes);
        total += newBytes - (before == null ? 0 : before);
        return total <= bytesMax;
    }

    void forget(Object owner) {
        Long before = bytes.remove(owner);
        total -= before == null ? 0 : before;
    }
}
