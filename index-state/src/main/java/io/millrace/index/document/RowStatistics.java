package io.millrace.index.document;

import io.millrace.index.document.BucketDirectory.Bucket;
import io.millrace.index.store.Cursor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows of one collection of one shard, by event type, and finds their first and last event time; read some
 * rows at a time. Where rows have buckets these are counted as they are written: that count is of the moment when this
 * was made, and only the outermost hours are read, for the times. Else every row is read, because writing one does not
 * tell whether it is new.
 */
public final class RowStatistics {
    /** What is known of the rows of one event type (0 for none). */
    private static final class Count {
        private long rows;
        private long oldestMs = Long.MAX_VALUE;
        private long newestMs = Long.MIN_VALUE;

        void see(long timeMs) {
            oldestMs = Math.min(oldestMs, timeMs);
            newestMs = Math.max(newestMs, timeMs);
        }
    }

    /**
     * The rows of one event type.
     *
     * @param eventType null for rows of none, or of one that was dropped
     * @param oldestMs and {@code newestMs}: first and last event time
     */
    public record Group(@Nullable String eventType, long rows, long oldestMs, long newestMs) {}

    private final CollectionBinding collection;
    private final Map<Long, Count> byEventType = new TreeMap<>();
    private final Deque<Part> parts = new ArrayDeque<>();
    private final boolean counted;
    private long rowsRead;

    /** Some rows to read: those of one bucket behind the other. */
    private final class Part {
        private final Iterator<Cursor> buckets;
        private @Nullable Cursor cursor;
        private boolean seen;

        Part(Iterator<Cursor> buckets) {
            this.buckets = buckets;
        }

        /** Stands on the next row; of buckets that are counted only the first that has any is read. */
        byte @Nullable [] next() {
            while (cursor == null || !cursor.next()) {
                if ((seen && counted) || !buckets.hasNext()) {
                    return null;
                }
                cursor = buckets.next();
            }
            seen = true;
            return cursor.value();
        }
    }

    private RowStatistics(CollectionBinding collection, boolean counted) {
        this.collection = collection;
        this.counted = counted;
    }

    /** Reads every row. */
    static RowStatistics ofAll(CollectionBinding collection, Cursor rows) {
        RowStatistics statistics = new RowStatistics(collection, false);
        statistics.parts.add(statistics.new Part(List.of(rows).iterator()));
        return statistics;
    }

    /** Takes the counts, and reads the first and the last bucket of each event type. */
    static RowStatistics ofBuckets(
            CollectionBinding collection, NavigableMap<Bucket, Long> counts, Function<Bucket, Cursor> open) {
        RowStatistics statistics = new RowStatistics(collection, true);
        counts.forEach((bucket, rows) ->
                statistics.byEventType.computeIfAbsent(bucket.eventTypeId(), id -> new Count()).rows += rows);
        for (long type : statistics.byEventType.keySet()) {
            NavigableMap<Bucket, Long> own =
                    counts.subMap(new Bucket(type, Long.MIN_VALUE), true, new Bucket(type, Long.MAX_VALUE), true);
            statistics.add(own, open);
            statistics.add(own.descendingMap(), open);
        }
        return statistics;
    }

    private void add(NavigableMap<Bucket, Long> buckets, Function<Bucket, Cursor> open) {
        parts.add(new Part(buckets.keySet().stream().map(open).iterator()));
    }

    /** Reads at most {@code rowsMax} rows and returns whether more are left. */
    public boolean run(int rowsMax) {
        for (int i = 0; i < rowsMax; i++) {
            Part part = parts.peek();
            if (part == null) {
                return false;
            }
            byte[] row = part.next();
            if (row == null) {
                parts.remove();
            } else {
                see(row);
            }
        }
        return true;
    }

    private void see(byte[] row) {
        rowsRead++;
        Count count = byEventType.computeIfAbsent(RowFormat.eventTypeId(row), id -> new Count());
        count.see(RowFormat.eventTimeMs(row));
        if (!counted) {
            count.rows++;
        }
    }

    /** Returns how many rows were read. */
    public long rowsRead() {
        return rowsRead;
    }

    /** Returns what was found, when nothing is left to read; no group is without rows. */
    public Collection<Group> groups() {
        List<Group> groups = new ArrayList<>();
        byEventType.forEach((id, count) -> {
            // Rows that were counted and are gone since have left no time.
            if (count.oldestMs <= count.newestMs) {
                groups.add(new Group(collection.eventTypeName(id), count.rows, count.oldestMs, count.newestMs));
            }
        });
        return groups;
    }
}
