package io.millrace.index.vector;

import io.millrace.protocol.ShardRouting;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an index and the node of each. Rows with equal vectors share a node, else thousands of them would link only
 * to each other. One thread writes; another may ask for the rows of nodes that a search found.
 */
final class VectorRows {
    static final int NONE = -1;
    private static final int GROUP = -2;

    private final SlotTable byKey = new SlotTable();
    private final SlotAllocator rows = new SlotAllocator();
    private final SlotSet dirty = new SlotSet();
    private final FilterColumns fields = new FilterColumns();
    private final ConcurrentHashMap<Integer, ConcurrentSkipListSet<Integer>> groups = new ConcurrentHashMap<>();
    private final Comparator<Integer> byKeyOrder;
    private volatile @Nullable String[] keys = new String[16];
    private int[] nodes = new int[16];
    /** By node: its only row, {@link #GROUP} if there are several, or {@link #NONE}. */
    private volatile int[] rowOfNode = new int[0];

    VectorRows(Comparator<String> keyOrder) {
        byKeyOrder = (a, b) -> keyOrder.compare(key(a), key(b));
    }

    /** Returns the row of the key, or {@link #NONE}. */
    int find(String key) {
        return byKey.find(ShardRouting.hash(key), row -> key.equals(keys[row]));
    }

    String key(int row) {
        String key = keys[row];
        if (key == null) {
            throw new IllegalStateException("row " + row + " has no key");
        }
        return key;
    }

    int node(int row) {
        return nodes[row];
    }

    /** Adds a row of a key that has none. */
    int add(String key, int node) {
        int row = rows.allocate();
        place(row, key, node, FilterColumns.NOTHING);
        dirty.add(row);
        return row;
    }

    /** Puts a row where it was. */
    void restore(int row, String key, int node, byte[] entries) {
        rows.take(row);
        place(row, key, node, entries);
    }

    private void place(int row, String key, int node, byte[] entries) {
        if (row >= nodes.length) {
            int length = Math.max(row + 1, nodes.length * 2);
            keys = Arrays.copyOf(keys, length);
            nodes = Arrays.copyOf(nodes, length);
        }
        keys[row] = key;
        nodes[row] = node;
        fields.add(row, entries);
        byKey.add(ShardRouting.hash(key), row);
        join(row, node);
    }

    private void join(int row, int node) {
        int[] first = rowOfNode;
        if (node >= first.length) {
            int old = first.length;
            first = Arrays.copyOf(first, Math.max(node + 1, old * 2));
            Arrays.fill(first, old, first.length, NONE);
            rowOfNode = first;
        }
        int present = first[node];
        if (present == NONE) {
            first[node] = row;
            return;
        }
        if (present != GROUP) {
            ConcurrentSkipListSet<Integer> group = new ConcurrentSkipListSet<>(byKeyOrder);
            group.add(present);
            groups.put(node, group);
        }
        group(node).add(row);
        first[node] = GROUP;
    }

    private ConcurrentSkipListSet<Integer> group(int node) {
        ConcurrentSkipListSet<Integer> group = groups.get(node);
        if (group == null) {
            throw new IllegalStateException("node " + node + " has no rows");
        }
        return group;
    }

    /** Removes the row and returns whether its node has no row left. */
    boolean remove(int row) {
        int node = nodes[row];
        boolean last = leave(row, node);
        byKey.remove(ShardRouting.hash(key(row)), row);
        keys[row] = null;
        fields.remove(row);
        rows.free(row);
        dirty.add(row);
        return last;
    }

    private boolean leave(int row, int node) {
        int[] first = rowOfNode;
        if (first[node] != GROUP) {
            first[node] = NONE;
            return true;
        }
        ConcurrentSkipListSet<Integer> group = group(node);
        group.remove(row);
        if (group.size() == 1) {
            first[node] = group.first();
            groups.remove(node);
        }
        return false;
    }

    /** Takes other values of the filter fields of a row. */
    void setFields(int row, byte[] entries) {
        if (!Arrays.equals(fields.of(row), entries)) {
            fields.remove(row);
            fields.add(row, entries);
            dirty.add(row);
        }
    }

    FilterColumns fields() {
        return fields;
    }

    /** Returns whether a row of the node passes. */
    boolean anyPasses(int node, ApproximateIndex.Passing passing) {
        int row = node < rowOfNode.length ? rowOfNode[node] : NONE;
        if (row != GROUP) {
            return row >= 0 && passing.passes(row);
        }
        for (int each : group(node)) {
            if (passing.passes(each)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the node has rows; it has none if it was removed meanwhile. */
    boolean hasRows(int node) {
        int[] first = rowOfNode;
        return node < first.length && first[node] != NONE;
    }

    /** Gives at most {@code max} rows of a node that pass, by key, and returns how many there were. */
    int give(int node, int max, IntPredicate passes, IntConsumer sink) {
        int row = rowOfNode[node];
        if (row >= 0) {
            if (!passes.test(row)) {
                return 0;
            }
            sink.accept(row);
            return 1;
        }
        ConcurrentSkipListSet<Integer> group = row == GROUP ? groups.get(node) : null;
        int given = 0;
        if (group != null) {
            for (Iterator<Integer> each = group.iterator(); given < max && each.hasNext(); ) {
                int member = each.next();
                if (passes.test(member)) {
                    sink.accept(member);
                    given++;
                }
            }
        }
        return given;
    }

    boolean isLive(int row) {
        return rows.isUsed(row);
    }

    int size() {
        return rows.count();
    }

    /** Returns the first row number above all that are used. */
    int end() {
        return rows.end();
    }

    SlotSet dirty() {
        return dirty;
    }

    long memoryBytes() {
        return byKey.memoryBytes()
                + fields.memoryBytes()
                + nodes.length * 8L
                + rowOfNode.length * 4L
                + rows.count() * 64L;
    }
}
