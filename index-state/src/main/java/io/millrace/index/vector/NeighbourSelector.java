package io.millrace.index.vector;

/**
 * Chooses links that lead in different directions: a candidate is kept if it is closer to the node than to every
 * candidate kept before it (the paper's algorithm 4).
 */
final class NeighbourSelector {
    private final HnswGraph graph;
    private final int[] slots;
    private final float[] distances;
    private Probe probe;

    NeighbourSelector(HnswGraph graph) {
        this.graph = graph;
        probe = graph.space().probe();
        slots = new int[graph.links().room(0)];
        distances = new float[graph.links().room(0)];
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
     * @param owner whose children are kept in any case
     * @return how many are in {@code kept}
     */
    int select(long[] candidates, int count, int max, int owner, long[] kept) {
        if (count <= max) {
            System.arraycopy(candidates, 0, kept, 0, count);
            return count;
        }
        int children = 0;
        for (int i = 0; owner != HnswGraph.NONE && i < count; i++) {
            children += graph.lineage().isChild(Candidates.slot(candidates[i]), owner) ? 1 : 0;
        }
        int size = 0;
        for (int i = 0; i < count && size < max; i++) {
            int slot = Candidates.slot(candidates[i]);
            boolean child = children > 0 && graph.lineage().isChild(slot, owner);
            if (child) {
                children--;
            } else if (size + children >= max || !isDiverse(slot, Candidates.distance(candidates[i]), size)) {
                continue;
            }
            kept[size] = candidates[i];
            slots[size++] = slot;
        }
        return size;
    }

    /** Takes links as kept before, so that {@link #isDiverse} compares with them. */
    void keep(int slot, int at) {
        slots[at] = slot;
    }

    /** Returns whether the slot is closer to the node than to each of the first {@code size} kept. */
    boolean isDiverse(int slot, float distance, int size) {
        probe.aim(slot);
        int i = 0;
        for (; i + 4 <= size; i += 4) {
            probe.distances4(slots, i, distances);
            if (distances[0] < distance
                    || distances[1] < distance
                    || distances[2] < distance
                    || distances[3] < distance) {
                return false;
            }
        }
        for (; i < size; i++) {
            if (probe.distance(slots[i]) < distance) {
                return false;
            }
        }
        return true;
    }
}
