package io.millrace.index.vector;

import java.util.BitSet;

/**
 * A hierarchical navigable small world (Malkov, Yashunin 2016) over slots: what there is, without how it grows
 * ({@link HnswInsert}), shrinks ({@link HnswRepair}) and is searched ({@link HnswSearch}).
 *
 * <p>One thread writes. Others may search meanwhile, each with its own scratch and probe.
 */
final class HnswGraph {
    static final int NONE = -1;

    /** A level has a 1/m share of the one below; 15 suffice for 2^32 nodes at m = 4. */
    static final int LEVEL_MAX = 15;

    private final int m;
    private final LinkTable links;
    private final Lineage lineage;
    private final BitSet[] byLevel = new BitSet[LEVEL_MAX + 1];
    private final SlotSet dirty = new SlotSet();
    private Space space;
    private Probe linkProbe;
    private volatile int entry = NONE;
    private volatile int size;

    HnswGraph(Space space, int m) {
        this.space = space;
        this.m = m;
        linkProbe = space.probe();
        links = new LinkTable(m, this::measure);
        lineage = new Lineage(links);
        for (int level = 1; level <= LEVEL_MAX; level++) {
            byLevel[level] = new BitSet();
        }
    }

    Space space() {
        return space;
    }

    /** Measures with another space from now on. */
    void switchTo(Space newSpace) {
        links.measureAll();
        space = newSpace;
        linkProbe = newSpace.probe();
    }

    private void measure(int slot, int[] targets, int count, float[] out) {
        space.refresh(linkProbe);
        linkProbe.aim(slot);
        linkProbe.distances(targets, count, out);
    }

    int m() {
        return m;
    }

    LinkTable links() {
        return links;
    }

    Lineage lineage() {
        return lineage;
    }

    /** Returns the slots whose node changed since it was last written. */
    SlotSet dirty() {
        return dirty;
    }

    /** Returns where a search begins, {@link #NONE} in an empty graph. */
    int entry() {
        return entry;
    }

    /** Returns how many nodes there are. */
    int size() {
        return size;
    }

    void open(int slot, int level) {
        size++;
        links.open(slot, level);
        lineage.set(slot, NONE);
        for (int l = 1; l <= level; l++) {
            byLevel[l].set(slot);
        }
        dirty.add(slot);
    }

    void close(int slot) {
        size--;
        for (int level = links.level(slot); level > 0; level--) {
            byLevel[level].clear(slot);
        }
        links.close(slot);
        dirty.add(slot);
    }

    /** Lets searches begin at a node of the highest level: the one there was, if it is one. */
    void chooseEntry() {
        for (int level = LEVEL_MAX; level > 0; level--) {
            if (!byLevel[level].isEmpty()) {
                if (entry == NONE || !byLevel[level].get(entry)) {
                    entry = byLevel[level].nextSetBit(0);
                }
                return;
            }
        }
        entry = lineage.root();
    }

    /** Opens a node as it was stored. */
    void restore(int slot, int level, int parent) {
        open(slot, level);
        lineage.set(slot, parent);
        dirty.remove(slot);
    }

    void restoreEntry(int slot, int root) {
        entry = slot;
        if (root != NONE) {
            lineage.plant(root);
        }
    }

    long memoryBytes() {
        return links.memoryBytes() + lineage.memoryBytes() + space.memoryBytes();
    }
}
