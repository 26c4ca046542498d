package io.millrace.index.vector;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The links of every slot by level, nearest first, with their distances, and who links to it. Level 0 is one slab: a list
 * ends at its room's end or at the first {@link #END}.
 *
 * <p>One thread writes. Another may read the lists meanwhile: whatever it sees are slots or ends.
 */
final class LinkTable {
    static final int END = -1;

    private final int m;
    private final int m0;
    private final Meter meter;
    private final Blocks layout;
    private volatile int[][] base = new int[0][];
    private float[][] baseDistances = new float[0][];
    private volatile int[] @Nullable [] upper = new int[0][];
    private float[] @Nullable [] upperDistances = new float[0][];
    /** By slot; the first entry counts. */
    private int[] @Nullable [] incoming = new int[0][];
    /** By slot and level from 1. */
    private int[] @Nullable [] @Nullable [] upperIncoming = new int[0][][];

    /** Slots that were read back and whose distances nobody has asked for. */
    private final BitSet unmeasured = new BitSet();

    private byte[] levels = new byte[0];
    private int capacity;
    private int upperSlots;

    /** Measures from a slot to others. */
    @FunctionalInterface
    interface Meter {
        /** @param out with room for {@code count} rounded up to a multiple of four */
        void distances(int slot, int[] targets, int count, float[] out);
    }

    LinkTable(int m, Meter meter) {
        this.m = m;
        this.meter = meter;
        m0 = 2 * m;
        layout = new Blocks(m0, Integer.BYTES);
    }

    int room(int level) {
        return level == 0 ? m0 : m;
    }

    int capacity() {
        return capacity;
    }

    /** Returns how lists of level 0 lie in {@link #base}. */
    Blocks layout() {
        return layout;
    }

    int[][] base() {
        return base;
    }

    int[] @Nullable [] upper() {
        return upper;
    }

    int level(int slot) {
        return levels[slot];
    }

    /** Makes room for the slot, without links. */
    void open(int slot, int level) {
        reserve(slot + 1);
        levels[slot] = (byte) level;
        Arrays.fill(links(slot, 0), offset(slot, 0), offset(slot, 0) + m0, END);
        if (level > 0) {
            int[] lists = new int[level * m];
            Arrays.fill(lists, END);
            upperDistances[slot] = new float[level * m];
            upperIncoming[slot] = new int[level][];
            upper[slot] = lists;
            upperSlots++;
        }
    }

    /**
     * Puts links, nearest first, into an empty list as they were stored, without distances: a restart would wait for them.
     * They are measured when they are asked for.
     */
    void restore(int slot, int level, int[] targets, int count) {
        System.arraycopy(targets, 0, links(slot, level), offset(slot, level), count);
        unmeasured.set(slot);
    }

    /** Lets all nodes know who links to them, once after all links were restored. */
    void restoreIncoming() {
        int[] counts = new int[capacity];
        for (int slot = unmeasured.nextSetBit(0); slot >= 0; slot = unmeasured.nextSetBit(slot + 1)) {
            int[] links = links(slot, 0);
            int from = offset(slot, 0);
            for (int i = from; i < from + m0 && links[i] != END; i++) {
                counts[links[i]]++;
            }
        }
        for (int slot = 0; slot < capacity; slot++) {
            incoming[slot] = counts[slot] == 0 ? null : new int[counts[slot] + 1];
        }
        for (int slot = unmeasured.nextSetBit(0); slot >= 0; slot = unmeasured.nextSetBit(slot + 1)) {
            for (int level = 0; level <= levels[slot]; level++) {
                int[] links = links(slot, level);
                int from = offset(slot, level);
                for (int i = from; i < from + room(level) && links[i] != END; i++) {
                    addIncoming(links[i], level, slot);
                }
            }
        }
    }

    /** Measures what was restored and not asked for. */
    void measureAll() {
        for (int slot = unmeasured.nextSetBit(0); slot >= 0; slot = unmeasured.nextSetBit(slot + 1)) {
            measure(slot);
        }
    }

    private void measure(int slot) {
        unmeasured.clear(slot);
        int[] targets = new int[m0];
        float[] measured = new float[m0 + 3];
        for (int level = 0; level <= levels[slot]; level++) {
            int size = size(slot, level);
            System.arraycopy(links(slot, level), offset(slot, level), targets, 0, size);
            meter.distances(slot, targets, size, measured);
            System.arraycopy(measured, 0, distances(slot, level), offset(slot, level), size);
        }
    }

    /** Forgets the slot, to which nothing links and which links to nothing. */
    void close(int slot) {
        if (levels[slot] > 0) {
            upperSlots--;
        }
        levels[slot] = 0;
        upper[slot] = null;
        upperDistances[slot] = null;
        upperIncoming[slot] = null;
        incoming[slot] = null;
    }

    private void reserve(int slots) {
        if (slots <= capacity) {
            return;
        }
        int grown = layout.capacity(slots);
        int count = layout.count(grown);
        int[][] newBase = Arrays.copyOf(base, count);
        baseDistances = Arrays.copyOf(baseDistances, count);
        for (int i = 0; i < count; i++) {
            int length = layout.length(i, grown);
            if (newBase[i] == null || newBase[i].length < length) {
                newBase[i] = newBase[i] == null ? new int[length] : Arrays.copyOf(newBase[i], length);
                baseDistances[i] =
                        baseDistances[i] == null ? new float[length] : Arrays.copyOf(baseDistances[i], length);
            }
        }
        base = newBase;
        upper = Arrays.copyOf(upper, grown);
        upperDistances = Arrays.copyOf(upperDistances, grown);
        incoming = Arrays.copyOf(incoming, grown);
        upperIncoming = Arrays.copyOf(upperIncoming, grown);
        levels = Arrays.copyOf(levels, grown);
        capacity = grown;
    }

    int[] links(int slot, int level) {
        if (level == 0) {
            return base[layout.block(slot)];
        }
        return present(upper[slot], slot, level);
    }

    private float[] distances(int slot, int level) {
        if (unmeasured.get(slot)) {
            measure(slot);
        }
        if (level == 0) {
            return baseDistances[layout.block(slot)];
        }
        return present(upperDistances[slot], slot, level);
    }

    private static <T> T present(@Nullable T lists, int slot, int level) {
        if (lists == null) {
            throw new IllegalStateException("node " + slot + " has no level " + level);
        }
        return lists;
    }

    int offset(int slot, int level) {
        return level == 0 ? layout.offset(slot) : (level - 1) * m;
    }

    int size(int slot, int level) {
        int[] links = links(slot, level);
        int from = offset(slot, level);
        int room = room(level);
        int size = 0;
        while (size < room && links[from + size] != END) {
            size++;
        }
        return size;
    }

    /** Returns the distance of a link that is there. */
    float distance(int slot, int level, int i) {
        return distances(slot, level)[offset(slot, level) + i];
    }

    boolean contains(int slot, int level, int target) {
        return position(slot, level, target) >= 0;
    }

    private int position(int slot, int level, int target) {
        int[] links = links(slot, level);
        int from = offset(slot, level);
        int end = from + room(level);
        for (int i = from; i < end && links[i] != END; i++) {
            if (links[i] == target) {
                return i;
            }
        }
        return -1;
    }

    /** Copies the links as candidates, nearest first, and returns how many. */
    int read(int slot, int level, long[] candidates) {
        int[] links = links(slot, level);
        float[] distances = distances(slot, level);
        int from = offset(slot, level);
        int size = size(slot, level);
        for (int i = 0; i < size; i++) {
            candidates[i] = Candidates.of(distances[from + i], links[from + i]);
        }
        return size;
    }

    /** Adds a link to a list that has room. */
    void add(int slot, int level, int target, float distance) {
        int[] links = links(slot, level);
        float[] distances = distances(slot, level);
        int from = offset(slot, level);
        int at = from + size(slot, level);
        long candidate = Candidates.of(distance, target);
        while (at > from && Candidates.of(distances[at - 1], links[at - 1]) > candidate) {
            links[at] = links[at - 1];
            distances[at] = distances[at - 1];
            at--;
        }
        links[at] = target;
        distances[at] = distance;
        addIncoming(target, level, slot);
    }

    /** Removes a link that is there. */
    void remove(int slot, int level, int target) {
        int[] links = links(slot, level);
        float[] distances = distances(slot, level);
        int end = offset(slot, level) + room(level);
        int at = position(slot, level, target);
        while (at + 1 < end && links[at + 1] != END) {
            links[at] = links[at + 1];
            distances[at] = distances[at + 1];
            at++;
        }
        links[at] = END;
        removeIncoming(target, level, slot);
    }

    /** Replaces all links by these, nearest first. */
    void replace(int slot, int level, long[] candidates, int count) {
        int[] links = links(slot, level);
        float[] distances = distances(slot, level);
        int from = offset(slot, level);
        int room = room(level);
        for (int i = from; i < from + room && links[i] != END; i++) {
            if (!holds(candidates, count, links[i])) {
                removeIncoming(links[i], level, slot);
            }
        }
        for (int i = 0; i < count; i++) {
            int target = Candidates.slot(candidates[i]);
            if (position(slot, level, target) < 0) {
                addIncoming(target, level, slot);
            }
        }
        for (int i = 0; i < count; i++) {
            links[from + i] = Candidates.slot(candidates[i]);
            distances[from + i] = Candidates.distance(candidates[i]);
        }
        Arrays.fill(links, from + count, from + room, END);
    }

    private static boolean holds(long[] candidates, int count, int slot) {
        for (int i = 0; i < count; i++) {
            if (Candidates.slot(candidates[i]) == slot) {
                return true;
            }
        }
        return false;
    }

    /** Returns the slots that link to this one on the level, ascending. */
    int[] incoming(int slot, int level) {
        int[] list = incomingList(slot, level);
        if (list == null) {
            return new int[0];
        }
        int[] sources = Arrays.copyOfRange(list, 1, 1 + list[0]);
        Arrays.sort(sources);
        return sources;
    }

    /** Returns how many link to the slot on level 0. */
    int incomingCount(int slot) {
        int[] list = incoming[slot];
        return list == null ? 0 : list[0];
    }

    private int @Nullable [] incomingList(int slot, int level) {
        return level == 0 ? incoming[slot] : present(upperIncoming[slot], slot, level)[level - 1];
    }

    private void addIncoming(int slot, int level, int source) {
        int[] list = incomingList(slot, level);
        if (list == null || list[0] + 1 == list.length) {
            list = list == null ? new int[8] : Arrays.copyOf(list, list.length * 3 / 2);
            if (level == 0) {
                incoming[slot] = list;
            } else {
                present(upperIncoming[slot], slot, level)[level - 1] = list;
            }
        }
        list[++list[0]] = source;
    }

    private void removeIncoming(int slot, int level, int source) {
        int[] list = present(incomingList(slot, level), slot, level);
        for (int i = 1; i <= list[0]; i++) {
            if (list[i] == source) {
                list[i] = list[list[0]--];
                return;
            }
        }
        throw new IllegalStateException("node " + source + " links to node " + slot + ", which does not know it");
    }

    long memoryBytes() {
        long perSlot = (long) m0 * (2 * Integer.BYTES + Integer.BYTES) + 40;
        return capacity * perSlot + upperSlots * (3L * m * Integer.BYTES + 96);
    }
}
