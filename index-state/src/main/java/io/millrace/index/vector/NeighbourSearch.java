package io.millrace.index.vector;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nodes around one that is inserted. Where codes guide a float index, the way is found by codes alone, and
 * whomever they find is measured in full precision; where codes cannot tell, full precision finds the way.
 */
final class NeighbourSearch {
    private final HnswGraph graph;
    private final HnswSearch exact;
    private @Nullable Guide guide;
    private Probe probe;

    /** How the way is found to the slot that was aimed at last; null if by full precision. */
    private @Nullable Guide byCodes;

    /** Keeps the compiler from leaving out what is read ahead. */
    private int ahead;

    NeighbourSearch(HnswGraph graph, Probe probe) {
        this.graph = graph;
        this.probe = probe;
        exact = new HnswSearch(graph);
    }

    /** Sees the graph as it is now, as far as the probe does, which is of this space. */
    void refresh(Space space, Probe newProbe) {
        probe = newProbe;
        exact.refresh(space, newProbe);
    }

    /** Aims the probe at a slot, and looks around that until the probe is aimed at another. */
    void aim(int slot) {
        probe.aim(slot);
        byCodes = null;
        if (graph.space() instanceof FloatSpace floats && floats.guide() != null) {
            if (guide == null || guide.codes != floats.guide()) {
                guide = new Guide(floats.guide(), new float[floats.arena().dimension()]);
            }
            byCodes = guide.aim(floats, slot) ? guide : null;
        }
    }

    /** Goes greedily from {@code entry} on level {@code from} to the nearest of the level above {@code to}. */
    int descend(int entry, int from, int to) {
        Guide by = byCodes;
        long nearest =
                by == null ? exact.descend(probe, entry, from, to) : by.search.descend(by.probe, entry, from, to);
        return Candidates.slot(nearest);
    }

    /**
     * Finds the neighbourhood of the point on one level, beginning at {@code start}.
     *
     * @return up to {@code ef} nodes in the beam, nearest first; until the next call
     * @see HnswSearch#surround
     */
    SearchScratch surround(int start, int level, int ef) {
        Guide by = byCodes;
        if (by != null) {
            by.search.surround(by.probe, start, level, ef);
            SearchScratch found = by.search.scratch();
            if (by.probe.tellsApart(found)) {
                ahead = probe.readAhead(found.beam, found.beamSize);
                found.measure(probe, 0, found.beamSize);
                Arrays.sort(found.beam, 0, found.beamSize);
                return found;
            }
        }
        exact.surround(probe, start, level, ef);
        return exact.scratch();
    }

    long memoryBytes() {
        return exact.scratch().memoryBytes()
                + (guide == null ? 0 : guide.search.scratch().memoryBytes());
    }

    /** Codes of a float index, and a search by them. */
    private final class Guide {
        private final CodeSpace codes;
        private final CodeSpace.CodeProbe probe;
        private final HnswSearch search;
        private final float[] vector;

        Guide(CodeSpace codes, float[] vector) {
            this.codes = codes;
            this.vector = vector;
            probe = codes.probe();
            search = new HnswSearch(graph);
        }

        /** Returns whether codes can tell about the slot. */
        boolean aim(FloatSpace floats, int slot) {
            probe.refresh();
            search.refresh(codes, probe);
            floats.arena().get(slot, vector);
            probe.aim(vector);
            return probe.tells();
        }
    }
}
