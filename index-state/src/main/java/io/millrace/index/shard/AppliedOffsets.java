package io.millrace.index.shard;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a shard has applied each source partition: on the heap, and in state from the barrier on. It only grows.
 *
 * <p>One record may bring two mutations to one shard: both ends of an edge. The record counts as applied when both came.
 */
final class AppliedOffsets {
    /** Marks the mutation of a document, and the copy of an edge for its start. */
    static final int FORWARD = 1;

    /** Marks the copy of an edge for its end. */
    static final int REVERSE = 2;

    private static final int VERSION = 1;

    private static final class Progress {
        private final String partition;
        private long next;
        private long timestampMs;
        private long partialOffset = -1;
        private int partialCopies;
        private boolean dirty;

        /** Whether anything was heard of the partition; one below it in number may never be. */
        private boolean known;

        Progress(String partition) {
            this.partition = partition;
        }
    }

    private final KeyValueStore store;
    private final List<String> topics;
    private final List<List<Progress>> byTopic = new ArrayList<>();
    private final Map<String, Progress> byName = new TreeMap<>();

    AppliedOffsets(KeyValueStore store, List<String> topics) {
        this.store = store;
        this.topics = topics;
        topics.forEach(topic -> byTopic.add(new ArrayList<>()));
        Cursor cursor = store.scan(Bytes.NONE);
        while (cursor.next()) {
            load(Bytes.text(cursor.key()), cursor.value());
        }
    }

    /** A partition of a topic that is not configured any more stays in state and is not spoken of. */
    private void load(String partition, byte[] value) {
        int dash = partition.lastIndexOf('-');
        int topic = topics.indexOf(partition.substring(0, dash));
        if (value[0] != VERSION) {
            throw new IllegalStateException("unknown version " + value[0] + " of an applied offset");
        }
        if (topic >= 0) {
            Progress progress = progress(topic, Integer.parseInt(partition.substring(dash + 1)));
            progress.next = Bytes.toLong(value, 1);
            progress.timestampMs = Bytes.toLong(value, 9);
        }
    }

    private Progress progress(int topic, int partition) {
        List<Progress> partitions = byTopic.get(topic);
        while (partitions.size() <= partition) {
            partitions.add(new Progress(topics.get(topic) + "-" + partitions.size()));
        }
        Progress progress = partitions.get(partition);
        if (!progress.known) {
            progress.known = true;
            byName.put(progress.partition, progress);
        }
        return progress;
    }

    /**
     * Notes that a mutation is applied now, and returns whether it must be: it must not if it was applied before.
     *
     * @param copy which mutation of the record it is
     * @param copies all mutations of the record that come to this shard
     */
    boolean admit(SourcePosition position, int copy, int copies) {
        Progress progress = progress(position.topic(), position.partition());
        long offset = position.offset();
        boolean again = offset == progress.partialOffset && (progress.partialCopies & copy) != 0;
        if (offset < progress.next || again) {
            return false;
        }
        progress.partialCopies = offset == progress.partialOffset ? progress.partialCopies | copy : copy;
        progress.partialOffset = offset;
        boolean whole = (progress.partialCopies & copies) == copies;
        advance(progress, whole ? offset + 1 : offset, position.timestampMs());
        return true;
    }

    /** Notes that everything below the position was sent. */
    void advance(SourcePosition marker) {
        advance(progress(marker.topic(), marker.partition()), marker.offset(), marker.timestampMs());
    }

    private static void advance(Progress progress, long next, long timestampMs) {
        if (next >= progress.next) {
            progress.next = next;
            progress.timestampMs = Math.max(progress.timestampMs, timestampMs);
            progress.dirty = true;
        }
    }

    /** Returns the next offset of a partition by its name, 0 for one that is not known. */
    long next(String partition) {
        Progress progress = byName.get(partition);
        return progress == null ? 0 : progress.next;
    }

    /** Returns where every known partition stands. */
    OffsetToken token() {
        Map<String, Long> next = new TreeMap<>();
        byName.values().forEach(p -> next.put(p.partition, p.next));
        return new OffsetToken(next);
    }

    /** Returns where every known partition stands, by name. */
    List<SourceProgress> snapshot() {
        List<SourceProgress> all = new ArrayList<>(byName.size());
        for (Progress p : byName.values()) {
            all.add(new SourceProgress(p.partition, p.next, p.next, p.timestampMs));
        }
        return all;
    }

    /** Returns {@code start}, a snapshot from when a read began, with where the partitions stand at its end. */
    List<SourceProgress> until(List<SourceProgress> start) {
        List<SourceProgress> all = new ArrayList<>(start.size());
        for (SourceProgress p : start) {
            all.add(new SourceProgress(p.partition(), p.applied(), next(p.partition()), p.timestampMs()));
        }
        return all;
    }

    void flush() {
        for (Progress progress : byName.values()) {
            if (progress.dirty) {
                byte[] value = new byte[1 + 2 * Long.BYTES];
                value[0] = VERSION;
                Bytes.putLong(value, 1, progress.next);
                Bytes.putLong(value, 9, progress.timestampMs);
                store.put(Bytes.NONE, Bytes.utf8(progress.partition), value);
                progress.dirty = false;
            }
        }
    }
}
