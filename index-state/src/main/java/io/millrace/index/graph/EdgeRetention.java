package io.millrace.index.graph;

import io.millrace.index.document.RetentionEnd;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which edges of one type have outlived its retention, which counts back from the greatest time of the edges of the type
 * at this shard. They go by the hour in which they were last seen: from one moment on no reader sees them and no change
 * builds on them, whether their bytes are removed yet or not, so that the pace of the background changes no answer.
 */
final class EdgeRetention {
    private final long edgeTypeId;
    private final long retentionMs;
    private final KeyValueStore edges;
    private final EdgeHours hours;
    private final VertexDirectory vertices;
    private final LongSupplier clock;
    private long goneBeforeMs = Long.MIN_VALUE;

    EdgeRetention(
            long edgeTypeId,
            long retentionMs,
            KeyValueStore edges,
            EdgeHours hours,
            VertexDirectory vertices,
            LongSupplier clock) {
        this.edgeTypeId = edgeTypeId;
        this.retentionMs = retentionMs;
        this.edges = edges;
        this.hours = hours;
        this.vertices = vertices;
        this.clock = clock;
    }

    /** Returns the start of the first hour that stays; never less than before, also where the clock goes back. */
    long goneBeforeMs() {
        long endMs = RetentionEnd.ms(retentionMs, hours.greatestMs(), clock.getAsLong());
        if (endMs > Long.MIN_VALUE + EdgeHours.HOUR_MS) {
            goneBeforeMs = Math.max(goneBeforeMs, endMs - Math.floorMod(endMs, EdgeHours.HOUR_MS));
        }
        return goneBeforeMs;
    }

    /**
     * Notes that {@code value} is to be written where {@code old} was, and returns it, or null where it comes too late.
     *
     * @param old null too where nobody has looked
     */
    byte @Nullable [] written(EdgeWrite write, byte @Nullable [] old, byte[] value) {
        long seenMs = EdgeFormat.lastSeenMs(value);
        hours.seen(seenMs);
        if (seenMs < goneBeforeMs()) {
            return null;
        }
        if (old == null || EdgeHours.hour(EdgeFormat.lastSeenMs(old)) != EdgeHours.hour(seenMs)) {
            hours.enter(write, EdgeHours.hour(seenMs));
        }
        return value;
    }

    /** Returns whether there are hours to be removed. */
    boolean isDue() {
        return hours.hasBefore(goneBeforeMs());
    }

    /** Looks at no more than so many entries of the hours that are over, and removes the edges not seen since. */
    void removeSome(int entriesMax) {
        for (int i = 0; i < entriesMax && isDue(); i++) {
            hours.takeFirst((outgoing, vertex, entryKey) -> {
                byte[] namespace = Namespaces.adjacency(edgeTypeId, outgoing, vertex);
                byte[] value = edges.get(namespace, entryKey);
                if (value != null && EdgeFormat.since(goneBeforeMs, value) == null) {
                    edges.remove(namespace, entryKey);
                    vertices.suspect(edgeTypeId, outgoing, vertex);
                }
            });
        }
    }

    void flush() {
        hours.flush();
    }
}
