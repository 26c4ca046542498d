package io.millrace.index.vector;

import java.util.Arrays;

/**
 * A tree over all nodes whose edges are links of level 0, from parent to child. Such a link is never dropped, so every
 * node can be reached from the root, whatever the choice of the other links.
 */
final class Lineage {
    private static final int DEPTH_MAX = 4096;

    private final LinkTable links;
    private int[] parents = new int[16];
    private int root = HnswGraph.NONE;

    Lineage(LinkTable links) {
        this.links = links;
    }

    int root() {
        return root;
    }

    int parent(int slot) {
        return parents[slot];
    }

    boolean isChild(int child, int parent) {
        return parents[child] == parent;
    }

    /** Makes the slot the root, which has no parent. */
    void plant(int slot) {
        set(slot, HnswGraph.NONE);
        root = slot;
    }

    void clear() {
        root = HnswGraph.NONE;
    }

    void set(int slot, int parent) {
        if (slot >= parents.length) {
            parents = Arrays.copyOf(parents, Math.max(slot + 1, parents.length * 2));
        }
        parents[slot] = parent;
    }

    /** Returns how many children a node may have: half of its links, so that the other half can be chosen. */
    int childrenMax() {
        return links.room(0) / 2;
    }

    int children(int slot) {
        int[] list = links.links(slot, 0);
        int from = links.offset(slot, 0);
        int end = from + links.room(0);
        int count = 0;
        for (int i = from; i < end && list[i] != LinkTable.END; i++) {
            if (parents[list[i]] == slot) {
                count++;
            }
        }
        return count;
    }

    /** Returns the children, nearest first. */
    int[] childrenOf(int slot) {
        int[] children = new int[children(slot)];
        int[] list = links.links(slot, 0);
        int at = links.offset(slot, 0);
        for (int count = 0; count < children.length; at++) {
            if (parents[list[at]] == slot) {
                children[count++] = list[at];
            }
        }
        return children;
    }

    /** Returns whether a node is known to hang from the root, and so not from a node that has lost its parent. */
    boolean isRooted(int slot) {
        int at = slot;
        for (int depth = 0; depth < DEPTH_MAX; depth++) {
            if (at == root) {
                return true;
            }
            at = parents[at];
            if (at == HnswGraph.NONE) {
                return false;
            }
        }
        return false;
    }

    long memoryBytes() {
        return (long) Integer.BYTES * parents.length;
    }
}
