package io.millrace.index.vector;

/** Walks the graph. Each thread has its own; searches may run while another thread writes. */
final class HnswSearch {
    /** Nodes around the query, passing or not, from which a search among those that pass begins. */
    private static final int SEEDS = 16;

    private final HnswGraph graph;
    private final Blocks layout;
    private final SearchScratch scratch = new SearchScratch();
    private int[][] base = new int[0][];
    private int limit;
    private Space space;
    private Probe nearestProbe;

    /** Who is likely to come behind so many of the beam, and one more with every so many steps, is not measured. */
    private int places;

    private int stepsPerPlace;

    /** A point is at home if it is as close to its nearest as the link that comes after so many quarters of its links. */
    private int closerQuarters;

    /** The nearest of which {@link #isAtHome} was judged last. */
    private long judged;

    private boolean atHome;

    /** Keeps the compiler from leaving out what is read ahead. */
    private int ahead;

    HnswSearch(HnswGraph graph) {
        this.graph = graph;
        layout = graph.links().layout();
        space = graph.space();
        nearestProbe = space.probe();
    }

    SearchScratch scratch() {
        return scratch;
    }

    /** Sees the graph as it is now, or newer, as far as the probe does, which is of this space. */
    void refresh(Space probed, Probe probe) {
        base = graph.links().base();
        limit = Math.min(layout.held(base.length, base.length == 0 ? 0 : base[base.length - 1].length), probe.limit());
        if (space != probed) {
            space = probed;
            nearestProbe = space.probe();
        }
        space.refresh(nearestProbe);
    }

    /**
     * Finds the nearest to the probe with a beam of {@code ef}; they are in the beam of the scratch, nearest first. Behind
     * the first {@code count} some may be missing where pictures are looked at, unless the beam holds all nodes.
     */
    void nearest(Probe probe, int count, int ef) {
        scratch.beamSize = 0;
        refine(probe, count, ef);
    }

    /** Does what {@link #nearest} does, and begins at the nodes of the beam too, in order and measured by the probe. */
    void refine(Probe probe, int count, int ef) {
        int entry = graph.entry();
        if (entry == HnswGraph.NONE) {
            return;
        }
        long start = descend(probe, entry, graph.links().level(entry), 0);
        scratch.begin(limit);
        seed(probe, start, ef);
        boolean isBlurred = probe.hasPictures() && !probe.picturesAreSharp();
        places = isBlurred && ef < graph.size() ? Math.min(ef, Math.max(count, graph.m())) : ef;
        stepsPerPlace = 1;
        closerQuarters = 3;
        expand(probe, 0, ef, ef);
    }

    /** Adds to the beam where the descent ended, and the root: from there every node can be reached. */
    private void seed(Probe probe, long start, int ef) {
        scratch.reserveBeam(ef);
        for (int i = 0; i < scratch.beamSize; i++) {
            scratch.see(Candidates.slot(scratch.beam[i]));
        }
        if (!scratch.isSeen(Candidates.slot(start))) {
            scratch.see(Candidates.slot(start));
            offer(start, ef);
        }
        int root = graph.lineage().root();
        if (ef > 1 && root != HnswGraph.NONE && root < limit && !scratch.isSeen(root)) {
            scratch.see(root);
            offer(Candidates.of(probe.distance(root), root), ef);
        }
    }

    /** Goes greedily from {@code slot} on level {@code from} to the nearest of the level above {@code to}. */
    long descend(Probe probe, int slot, int from, int to) {
        long best = Candidates.of(probe.distance(slot), slot);
        for (int level = from; level > to; level--) {
            best = greedy(probe, best, level);
        }
        return best;
    }

    private long greedy(Probe probe, long start, int level) {
        int[] batch = scratch.batch;
        float[] distances = scratch.distances;
        int m = graph.m();
        scratch.reserveBatch(m);
        long best = start;
        while (true) {
            int at = Candidates.slot(best);
            int[] lists = graph.links().upper()[at];
            if (lists == null || lists.length < level * m) {
                return best;
            }
            int from = (level - 1) * m;
            int count = 0;
            for (int i = from; i < from + m && lists[i] != LinkTable.END; i++) {
                if (lists[i] < limit) {
                    batch[count++] = lists[i];
                }
            }
            count = probe.promising(batch, count, Candidates.distance(best), false);
            probe.distances(batch, count, distances);
            scratch.distancesComputed += count;
            long next = best;
            for (int i = 0; i < count; i++) {
                next = Math.min(next, Candidates.of(distances[i], batch[i]));
            }
            if (next == best) {
                return best;
            }
            best = next;
        }
    }

    /** Says which nodes are looked for. */
    @FunctionalInterface
    interface NodeTest {
        boolean passes(int slot);
    }

    /**
     * Finds the nearest {@code ef} among the nodes that pass, by walking from one to the next over at most one that does
     * not. Some may be out of reach where few pass.
     */
    void nearestPassing(Probe probe, int ef, NodeTest test) {
        nearest(probe, SEEDS, SEEDS);
        int[] seeds = new int[scratch.beamSize];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = Candidates.slot(scratch.beam[i]);
        }
        scratch.begin(limit);
        scratch.reserveBeam(ef);
        scratch.beamSize = 0;
        int room = graph.links().room(0);
        scratch.reserveBatch(room * (room + 1) + 1);
        for (int seed : seeds) {
            int count = 0;
            if (!scratch.isSeen(seed) && test.passes(seed)) {
                scratch.batch[count++] = seed;
            }
            scratch.see(seed);
            offerBatch(probe, passing(seed, count, test), ef);
        }
        int next = 0;
        while (next < scratch.beamSize) {
            long candidate = scratch.beam[next];
            if ((candidate & 1) != 0) {
                next++;
                continue;
            }
            scratch.beam[next] = candidate | 1;
            scratch.nodesExpanded++;
            int lowest = offerBatch(probe, passing(Candidates.slot(candidate), 0, test), ef);
            next = Math.min(next + 1, lowest);
        }
    }

    /** Collects, behind {@code count}, the links that pass and, of those that do not, their links that pass. */
    private int passing(int slot, int count, NodeTest test) {
        int found = count;
        int room = graph.links().room(0);
        int[] list = base[layout.block(slot)];
        int from = layout.offset(slot);
        for (int i = from; i < from + room && list[i] != LinkTable.END; i++) {
            int target = list[i];
            if (target >= limit || scratch.isSeen(target)) {
                continue;
            }
            scratch.see(target);
            if (test.passes(target)) {
                scratch.batch[found++] = target;
            } else {
                found = passingOf(target, found, test);
            }
        }
        return found;
    }

    private int passingOf(int slot, int count, NodeTest test) {
        int found = count;
        int room = graph.links().room(0);
        int[] list = base[layout.block(slot)];
        int from = layout.offset(slot);
        for (int i = from; i < from + room && list[i] != LinkTable.END; i++) {
            int target = list[i];
            if (target < limit && !scratch.isSeen(target) && test.passes(target)) {
                scratch.see(target);
                scratch.batch[found++] = target;
            }
        }
        return found;
    }

    private int offerBatch(Probe probe, int found, int ef) {
        int count = scratch.beamSize < ef
                ? found
                : probe.promising(scratch.batch, found, Candidates.distance(scratch.beam[ef - 1]), false);
        probe.distances(scratch.batch, count, scratch.distances);
        scratch.distancesComputed += count;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            lowest = Math.min(lowest, offer(Candidates.of(scratch.distances[i], scratch.batch[i]), ef));
        }
        return lowest;
    }

    /**
     * Finds the neighbourhood of a point on one level, beginning at {@code start}: up to {@code ef} nodes, nearest first,
     * in the beam of the scratch. The walk follows the nearest quarter of them, and a further one until they have settled:
     * most points are at home early, and to follow the rest would find nothing.
     */
    void surround(Probe probe, int start, int level, int ef) {
        scratch.begin(limit);
        scratch.reserveBeam(ef);
        scratch.beam[0] = Candidates.of(probe.distance(start), start);
        scratch.beamSize = 1;
        scratch.see(start);
        places = probe.hasPictures() && !probe.picturesAreSharp() ? graph.m() / 2 : 2 * graph.m();
        stepsPerPlace = 2;
        closerQuarters = 1;
        expand(probe, level, ef, Math.max(ef / 4, 2 * graph.m()));
    }

    /**
     * Follows the nearest {@code step} of the beam, and as many more until they have settled or all were followed. Whom a
     * picture, or a code as far as it can tell, gives no place among the first is passed over: behind them it would be
     * followed late or never.
     */
    private void expand(Probe probe, int level, int ef, int step) {
        long[] beam = scratch.beam;
        int room = graph.links().room(level);
        scratch.reserveBatch(room);
        int[] batch = scratch.batch;
        float[] distances = scratch.distances;
        int next = 0;
        int reach = Math.min(ef, step);
        long computed = 0;
        int expanded = 0;
        int lastChange = 0;
        judged = 0;
        boolean passesOver = probe.hasPictures() || (places < ef && probe.mayErr());
        while (true) {
            if (next >= Math.min(scratch.beamSize, reach)) {
                if (next == scratch.beamSize || reach == ef || hasSettled(expanded, lastChange, level)) {
                    break;
                }
                reach = Math.min(ef, reach + step);
            }
            long candidate = beam[next];
            if ((candidate & 1) != 0) {
                next++;
                continue;
            }
            beam[next] = candidate | 1;
            expanded++;
            int count = unseen(Candidates.slot(candidate), level, room, batch);
            float bound = Float.POSITIVE_INFINITY;
            if (passesOver && scratch.beamSize >= places) {
                boolean home = isAtHome(level);
                int place = home ? Math.min(reach, places + expanded / stepsPerPlace) : reach;
                if (scratch.beamSize >= place) {
                    float last = Candidates.distance(beam[place - 1]);
                    count = probe.promising(batch, count, last, home);
                    bound = probe.seeming(last);
                }
            }
            lookAhead(next + 1, level, room);
            probe.distances(batch, count, distances);
            computed += count;
            float worst = scratch.beamSize < ef ? bound : Math.min(bound, Candidates.distance(beam[ef - 1]));
            int lowest = Integer.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                if (distances[i] <= worst) {
                    lowest = Math.min(lowest, offer(Candidates.of(distances[i], batch[i]), ef));
                    worst = scratch.beamSize < ef ? worst : Math.min(worst, Candidates.distance(beam[ef - 1]));
                }
            }
            lastChange = lowest < 2 * graph.m() ? expanded : lastChange;
            next = Math.min(next + 1, lowest);
        }
        scratch.distancesComputed += computed;
        scratch.nodesExpanded += expanded;
    }

    /** Asks for the links of whoever is followed next, unless somebody nearer is found now. */
    private void lookAhead(int place, int level, int room) {
        if (level == 0 && place < scratch.beamSize) {
            int slot = Candidates.slot(scratch.beam[place]);
            int[] list = base[layout.block(slot)];
            int from = layout.offset(slot);
            ahead = list[from] + list[from + room - 1];
        }
    }

    /** Returns whether the nearest 2 m did not change in the second half of a walk, and the point is at home. */
    private boolean hasSettled(int expanded, int lastChange, int level) {
        return lastChange <= expanded / 2 && isAtHome(level);
    }

    /**
     * Returns whether the point is among its like: as close to its nearest as most that one links to, for an insert, whose
     * mistakes stay, and as some, for a search. To an outlier all of a dense group are about as near, and which is the
     * nearest is found late.
     */
    private boolean isAtHome(int level) {
        long nearest = scratch.beam[0] | 1;
        if (nearest != judged) {
            judged = nearest;
            atHome = isNear(Candidates.slot(nearest), Candidates.distance(nearest), level);
        }
        return atHome;
    }

    /** Measures, though links have distances: those of a graph that is read back are measured by its writer alone. */
    private boolean isNear(int slot, float distance, int level) {
        int size = graph.links().size(slot, level);
        if (size == 0) {
            return true;
        }
        int target = graph.links().links(slot, level)[graph.links().offset(slot, level) + size * closerQuarters / 4];
        if (Integer.compareUnsigned(target, limit) >= 0) {
            return false;
        }
        nearestProbe.aim(slot);
        return distance <= nearestProbe.distance(target);
    }

    /** Collects the links that were not seen, without a branch on whether they were: it would be guessed wrong. */
    private int unseen(int slot, int level, int room, int[] batch) {
        long[] seen = scratch.seen();
        int[] list;
        int from;
        if (level == 0) {
            list = base[layout.block(slot)];
            from = layout.offset(slot);
        } else {
            list = graph.links().links(slot, level);
            from = graph.links().offset(slot, level);
        }
        int count = 0;
        for (int i = from; i < from + room; i++) {
            int target = list[i];
            if (Integer.compareUnsigned(target, limit) >= 0) {
                if (target == LinkTable.END) {
                    break;
                }
                continue;
            }
            batch[count] = target;
            int at = target >>> SearchScratch.WORD_SHIFT;
            long bits = seen[at];
            count += 1 ^ (int) (bits >>> target & 1);
            seen[at] = bits | 1L << target;
        }
        scratch.note(batch, count);
        return count;
    }

    /**
     * Puts a candidate in its place in the beam and returns the place, or the greatest int when there is none. The place
     * is looked for without a branch on a comparison: every second one would be guessed wrong.
     */
    private int offer(long candidate, int ef) {
        long[] beam = scratch.beam;
        int size = scratch.beamSize;
        int low = 0;
        for (int length = size; length > 0; ) {
            int half = length + 1 >>> 1;
            low += beam[low + half - 1] < candidate ? half : 0;
            length -= half;
        }
        if (low == ef) {
            return Integer.MAX_VALUE;
        }
        int moved = (size < ef ? size : ef - 1) - low;
        if (moved > 0) {
            System.arraycopy(beam, low, beam, low + 1, moved);
        }
        beam[low] = candidate;
        if (size < ef) {
            scratch.beamSize = size + 1;
        }
        return low;
    }
}
