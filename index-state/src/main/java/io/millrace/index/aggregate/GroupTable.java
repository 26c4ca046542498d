package io.millrace.index.aggregate;

import io.millrace.index.document.BoundPredicate;
import io.millrace.index.document.RowCursor;
import io.millrace.index.document.RowFilter;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.predicate.Predicate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one {@link Grouping}: keys as bytes in one array, found through a hash table of group numbers with linear
 * probing, and each metric in arrays by group number. A row makes no object unless it makes a group.
 */
public final class GroupTable {
    private static final int FIRST_SLOTS = 64;
    private static final long GROUP_BYTES = 24;

    private final int place;
    private final GroupKeys keys;
    private final GroupMetric[] metrics;
    private final BoundPredicate filter;
    private final boolean filtered;
    private byte[] arena = new byte[1024];
    private int arenaEnd;
    /** Where the keys of a group begin; they end where those of the next begin. */
    private int[] starts = new int[FIRST_SLOTS];

    private int[] hashes = new int[FIRST_SLOTS];
    private int[] slots = emptySlots(2 * FIRST_SLOTS);
    private int groups;

    /**
     * @param place of the grouping among those of the operation
     * @param rows what finds the columns in rows, which {@link #add} then stands on
     */
    public GroupTable(int place, Grouping grouping, RowFilter rows) {
        this.place = place;
        keys = new GroupKeys(grouping.keys(), rows);
        metrics = grouping.metrics().stream()
                .map(metric -> GroupMetrics.of(metric, rows))
                .toArray(GroupMetric[]::new);
        filter = BoundPredicate.bind(grouping.filter(), rows::operand);
        filtered = !grouping.filter().equals(Predicate.ALWAYS);
        if (grouping.keys().isEmpty()) {
            var unused = insert(hash(keys.buffer(), 0), 0);
        }
    }

    /** Adds the row that the cursor stands on, if it passes the filter of the grouping. */
    public void add(RowCursor row) {
        if ((filtered && !filter.holds(row)) || !keys.read(row)) {
            return;
        }
        int group = find(keys.buffer(), keys.length());
        for (GroupMetric metric : metrics) {
            metric.add(group, row);
        }
    }

    private int find(byte[] key, int length) {
        int hash = hash(key, length);
        int mask = slots.length - 1;
        for (int slot = hash & mask; ; slot = slot + 1 & mask) {
            int group = slots[slot];
            if (group < 0) {
                return insert(hash, length);
            }
            if (hashes[group] == hash && isKey(group, key, length)) {
                return group;
            }
        }
    }

    private boolean isKey(int group, byte[] key, int length) {
        int start = starts[group];
        return Arrays.equals(arena, start, end(group), key, 0, length);
    }

    private int end(int group) {
        return group + 1 < groups ? starts[group + 1] : arenaEnd;
    }

    /** Makes a group of the key that was read last. */
    private int insert(int hash, int length) {
        if (groups == starts.length) {
            starts = Arrays.copyOf(starts, 2 * groups);
            hashes = Arrays.copyOf(hashes, 2 * groups);
            rehash();
        }
        if (arena.length - arenaEnd < length) {
            arena = Arrays.copyOf(arena, Math.max(2 * arena.length, Math.addExact(arenaEnd, length)));
        }
        System.arraycopy(keys.buffer(), 0, arena, arenaEnd, length);
        starts[groups] = arenaEnd;
        hashes[groups] = hash;
        arenaEnd += length;
        place(groups);
        for (GroupMetric metric : metrics) {
            metric.grow(groups + 1);
        }
        return groups++;
    }

    private void place(int group) {
        int mask = slots.length - 1;
        int slot = hashes[group] & mask;
        while (slots[slot] >= 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = group;
    }

    private void rehash() {
        slots = emptySlots(2 * slots.length);
        for (int group = 0; group < groups; group++) {
            place(group);
        }
    }

    private static int[] emptySlots(int count) {
        int[] empty = new int[count];
        Arrays.fill(empty, -1);
        return empty;
    }

    /** FNV-1a over the bytes, mixed so that the low bits depend on all. */
    private static int hash(byte[] bytes, int length) {
        int hash = 0x811c9dc5;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ bytes[i]) * 0x01000193;
        }
        hash ^= hash >>> 15;
        hash *= 0x2c1b3c6d;
        return hash ^ hash >>> 13;
    }

    /** Returns the approximate bytes that the groups take. */
    public long bytes() {
        long sum = arenaEnd + GROUP_BYTES * groups;
        for (GroupMetric metric : metrics) {
            sum += metric.bytes();
        }
        return sum;
    }

    /** Returns how many cells the rows of its groups have. */
    public int width() {
        int width = 1 + keys.count();
        for (GroupMetric metric : metrics) {
            width += metric.width();
        }
        return width;
    }

    /**
     * Adds a row for each group, as {@link Grouping} lays it out.
     *
     * @param width at least that of this table; cells that are left over are null
     */
    public void addRows(List<Object[]> rows, int width) {
        int keyCount = keys.count();
        for (int group = 0; group < groups; group++) {
            @Nullable Object[] row = new Object[width];
            row[0] = (long) place;
            keys.decode(arena, starts[group], end(group) - starts[group], row, 1);
            int at = 1 + keyCount;
            for (GroupMetric metric : metrics) {
                metric.write(group, row, at);
                at += metric.width();
            }
            rows.add(row);
        }
    }
}
