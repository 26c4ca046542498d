package io.millrace.protocol;

import java.util.Map;
import java.util.TreeMap;

/**
 * A position in the event topics: for each partition the next offset, that is the last offset written plus one. A
 * request that carries a token is answered from a state that contains everything before it.
 *
 * @param nextOffsets from {@code topic-partition}, such as {@code millrace.events-0}, to the next offset
 */
public record OffsetToken(Map<String, Long> nextOffsets) {
    public static final OffsetToken NONE = new OffsetToken(Map.of());

    public OffsetToken {
        nextOffsets.forEach((partition, next) -> {
            if (next < 0) {
                throw new IllegalArgumentException(
                        "next offset of " + partition + " must not be negative, got " + next);
            }
        });
        nextOffsets = Map.copyOf(nextOffsets);
    }

    public boolean isEmpty() {
        return nextOffsets.isEmpty();
    }

    /** Returns the token that demands both positions: the larger offset of every partition. */
    public OffsetToken and(OffsetToken other) {
        Map<String, Long> merged = new TreeMap<>(nextOffsets);
        other.nextOffsets.forEach((partition, next) -> merged.merge(partition, next, Math::max));
        return new OffsetToken(merged);
    }
}
