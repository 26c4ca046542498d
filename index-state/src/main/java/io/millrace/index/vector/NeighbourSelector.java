package io.millrace.index.vector;

import java.util.Arrays;

/**
 * Chooses links that lead in different directions: a candidate is kept if it is closer to the node than to every
 * candidate kept before it (the paper's algorithm 4).
 */
final class NeighbourSelector {
    /** A link to a node that has no more than these is kept too: an outlier is found only by those who link to it. */
    private static final int IN_LINKS_MIN = 2;

    private final HnswGraph graph;
    private final int[] slots;
    private final float[] distances;
    private final int fewest;
    private Probe probe;

    /** Keeps the compiler from leaving out what is read ahead. */
    private int ahead;

    NeighbourSelector(HnswGraph graph) {
        this.graph = graph;
        probe = graph.space().probe();
        fewest = Math.max(2, graph.m() / 2);
        slots = new int[graph.links().room(0)];
        distances = new float[4];
    }

    /** Measures with another space from now on. */
    void refresh(Probe newProbe) {
        probe = newProbe;
    }

    /** Sees the slots that there are now. */
    void refreshSlots(Space space) {
        space.refresh(probe);
    }

    /**
     * Chooses at most {@code max} of the candidates, nearest first.
     *
     * @param owner whose children are kept in any case, on level 0; {@link HnswGraph#NONE} where all depends on distance
     * @return how many are in {@code kept}
     */
    int select(long[] candidates, int count, int max, int owner, long[] kept) {
        if (count <= max) {
            System.arraycopy(candidates, 0, kept, 0, count);
            return count;
        }
        boolean owned = owner != HnswGraph.NONE;
        int children = owned ? lookAhead(candidates, count, owner) : 0;
        int guarded = max * 3 / 4 - children;
        int size = 0;
        for (int i = 0; i < count && size < max; i++) {
            int slot = Candidates.slot(candidates[i]);
            if (children > 0 && graph.lineage().isChild(slot, owner)) {
                children--;
            } else if (size + children >= max) {
                continue;
            } else if (owned && guarded > 0 && graph.links().incomingCount(slot) <= IN_LINKS_MIN) {
                guarded--;
            } else if (!isDiverse(slot, Candidates.distance(candidates[i]), size)) {
                continue;
            }
            kept[size] = candidates[i];
            slots[size++] = slot;
        }
        return size < fewest ? fill(candidates, count, kept, size) : size;
    }

    /** Returns how many are children, and asks for what the choice reads: one after the other would wait for each. */
    private int lookAhead(long[] candidates, int count, int owner) {
        int children = 0;
        int sum = probe.readAhead(candidates, count);
        for (int i = 0; i < count; i++) {
            int slot = Candidates.slot(candidates[i]);
            children += graph.lineage().isChild(slot, owner) ? 1 : 0;
            sum += graph.links().incomingCount(slot);
        }
        ahead = sum;
        return children;
    }

    /** Adds the nearest that were not kept, for a node with few links is hard to find. */
    private int fill(long[] candidates, int count, long[] kept, int size) {
        int filled = size;
        for (int i = 0; i < count && filled < fewest; i++) {
            int found = Arrays.binarySearch(kept, 0, filled, candidates[i]);
            if (found < 0) {
                int at = -found - 1;
                System.arraycopy(kept, at, kept, at + 1, filled - at);
                kept[at] = candidates[i];
                filled++;
            }
        }
        return filled;
    }

    /** Takes links as kept before, so that {@link #isDiverse} compares with them. */
    void keep(int slot, int at) {
        slots[at] = slot;
    }

    /** Returns whether the slot is closer to the node than to each of the first {@code size} kept. */
    boolean isDiverse(int slot, float distance, int size) {
        probe.aim(slot);
        for (int i = 0; i < size; i += 4) {
            probe.distances4(slots, i, size - 1, distances);
            int count = Math.min(4, size - i);
            for (int at = 0; at < count; at++) {
                if (distances[at] < distance) {
                    return false;
                }
            }
        }
        return true;
    }
}
