package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.fragment.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which buckets of a collection have rows, and how many, and the greatest event time: in memory, read from state at first
 * use, written behind. In state the namespace is the collection; a key of 16 bytes is a bucket, its value the version and
 * the count (8 bytes); the value of the key 0 (1 byte) is the version and the greatest time (8 bytes), of a collection with
 * a retention.
 */
final class BucketDirectory {
    /** One hour. */
    static final long BUCKET_MS = 3_600_000;

    private static final int VERSION = 1;

    /** Of another length than the key of a bucket. */
    private static final byte[] GREATEST = {0};

    /** The rows of one event type (0 for none) in one hour, counted from the epoch. */
    record Bucket(long eventTypeId, long hour) implements Comparable<Bucket> {
        static Bucket of(byte[] row) {
            return new Bucket(RowFormat.eventTypeId(row), Math.floorDiv(RowFormat.eventTimeMs(row), BUCKET_MS));
        }

        /** Returns the bucket as a key of state: event type and hour. */
        byte[] keyBytes() {
            return bytes(new byte[2 * Long.BYTES], 0);
        }

        static Bucket ofKey(byte[] bytes) {
            return new Bucket(Bytes.toLong(bytes, 0), Bytes.toLong(bytes, 8));
        }

        /** Returns the bucket as a value of state: the version, then as a key. */
        byte[] valueBytes() {
            byte[] bytes = new byte[1 + 2 * Long.BYTES];
            bytes[0] = VERSION;
            return bytes(bytes, 1);
        }

        static Bucket ofValue(byte[] bytes) {
            checkVersion(bytes, "a locator");
            return new Bucket(Bytes.toLong(bytes, 1), Bytes.toLong(bytes, 9));
        }

        private byte[] bytes(byte[] target, int at) {
            Bytes.putLong(target, at, eventTypeId);
            Bytes.putLong(target, at + Long.BYTES, hour);
            return target;
        }

        @Override
        public int compareTo(Bucket other) {
            int byType = Long.compare(eventTypeId, other.eventTypeId);
            return byType != 0 ? byType : Long.compare(hour, other.hour);
        }
    }

    private final KeyValueStore store;
    private final Map<Long, TreeMap<Bucket, Long>> collections = new HashMap<>();
    private final Map<Long, Set<Bucket>> dirty = new HashMap<>();

    /** The greatest event time of a collection; absent for state that was written before it was kept. */
    private final Map<Long, Long> greatestMs = new HashMap<>();

    private final Set<Long> dirtyGreatest = new HashSet<>();

    /** The first hour that has rows; absent where it must be looked for. */
    private final Map<Long, Long> firstHours = new HashMap<>();

    BucketDirectory(KeyValueStore store) {
        this.store = store;
    }

    /** Adds {@code rows}, which may be negative, to the bucket; an empty one is forgotten. */
    void count(long collectionId, Bucket bucket, long rows) {
        Long left = buckets(collectionId).merge(bucket, rows, (a, b) -> a + b == 0 ? null : a + b);
        if (left == null) {
            firstHours.remove(collectionId, bucket.hour());
        } else {
            firstHours.computeIfPresent(collectionId, (id, first) -> Math.min(first, bucket.hour()));
        }
        dirty.computeIfAbsent(collectionId, ignored -> new HashSet<>()).add(bucket);
    }

    /** Returns the buckets that may have rows of the event type in the range, in order. */
    List<Bucket> select(long collectionId, @Nullable Long eventTypeId, @Nullable TimeRange range) {
        long first = range == null ? Long.MIN_VALUE : Math.floorDiv(range.fromMs(), BUCKET_MS);
        long last = range == null ? Long.MAX_VALUE : Math.floorDiv(range.toMs(), BUCKET_MS);
        TreeMap<Bucket, Long> all = buckets(collectionId);
        List<Bucket> selected = new ArrayList<>();
        for (Bucket bucket : (eventTypeId == null
                        ? all
                        : all.subMap(new Bucket(eventTypeId, first), true, new Bucket(eventTypeId, last), true))
                .keySet()) {
            if (first <= bucket.hour() && bucket.hour() <= last) {
                selected.add(bucket);
            }
        }
        return selected;
    }

    /** Notes the event time of a row. */
    void seen(long collectionId, long timeMs) {
        if (timeMs > greatestMs(collectionId)) {
            greatestMs.put(collectionId, timeMs);
            dirtyGreatest.add(collectionId);
        }
    }

    /** Returns the greatest event time that was seen; the least of all for none. */
    long greatestMs(long collectionId) {
        TreeMap<Bucket, Long> rows = buckets(collectionId);
        return greatestMs.computeIfAbsent(
                collectionId,
                id -> rows.keySet().stream()
                        .mapToLong(bucket -> bucket.hour() * BUCKET_MS)
                        .max()
                        .orElse(Long.MIN_VALUE));
    }

    /** Returns whether any row is of before an hour. */
    boolean hasBefore(long collectionId, long hour) {
        long first = firstHours.computeIfAbsent(
                collectionId,
                id -> buckets(id).keySet().stream()
                        .mapToLong(Bucket::hour)
                        .min()
                        .orElse(Long.MAX_VALUE));
        return first < hour;
    }

    /** Returns the buckets before an hour, in order. */
    List<Bucket> before(long collectionId, long hour) {
        return buckets(collectionId).keySet().stream()
                .filter(bucket -> bucket.hour() < hour)
                .toList();
    }

    long rows(long collectionId) {
        return buckets(collectionId).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns the rows of every bucket from an hour on as they are now. */
    NavigableMap<Bucket, Long> countsFrom(long collectionId, long hour) {
        NavigableMap<Bucket, Long> counts = new TreeMap<>(buckets(collectionId));
        counts.keySet().removeIf(bucket -> bucket.hour() < hour);
        return counts;
    }

    void flush() {
        dirty.forEach((collectionId, changed) -> changed.forEach(bucket -> write(collectionId, bucket)));
        dirty.clear();
        for (long collectionId : dirtyGreatest) {
            store.put(Namespaces.of(collectionId), GREATEST, numberBytes(greatestMs(collectionId)));
        }
        dirtyGreatest.clear();
    }

    /** Forgets a collection that was dropped; its state is cleared. */
    void drop(long collectionId) {
        collections.remove(collectionId);
        dirty.remove(collectionId);
        greatestMs.remove(collectionId);
        dirtyGreatest.remove(collectionId);
        firstHours.remove(collectionId);
        store.clear(Namespaces.of(collectionId));
    }

    private void write(long collectionId, Bucket bucket) {
        Long rows = buckets(collectionId).get(bucket);
        if (rows == null) {
            store.remove(Namespaces.of(collectionId), bucket.keyBytes());
        } else {
            store.put(Namespaces.of(collectionId), bucket.keyBytes(), numberBytes(rows));
        }
    }

    private TreeMap<Bucket, Long> buckets(long collectionId) {
        return collections.computeIfAbsent(collectionId, this::load);
    }

    private TreeMap<Bucket, Long> load(long collectionId) {
        TreeMap<Bucket, Long> loaded = new TreeMap<>();
        Cursor cursor = store.scan(Namespaces.of(collectionId));
        while (cursor.next()) {
            checkVersion(cursor.value(), "a bucket's count");
            long value = Bytes.toLong(cursor.value(), 1);
            if (cursor.key().length == GREATEST.length) {
                greatestMs.put(collectionId, value);
            } else {
                loaded.put(Bucket.ofKey(cursor.key()), value);
            }
        }
        return loaded;
    }

    private static byte[] numberBytes(long number) {
        byte[] bytes = new byte[1 + Long.BYTES];
        bytes[0] = VERSION;
        Bytes.putLong(bytes, 1, number);
        return bytes;
    }

    private static void checkVersion(byte[] value, String what) {
        if (value[0] != VERSION) {
            throw new IllegalStateException(what + " in state has version " + value[0] + ", not " + VERSION);
        }
    }
}
