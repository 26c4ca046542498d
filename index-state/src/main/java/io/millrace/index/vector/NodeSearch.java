package io.millrace.index.vector;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds near nodes. Where codes guide a float index, the way is found by codes, and whoever may be among the nearest is
 * measured in full precision; where codes cannot tell, full precision finds the way. Used by one thread.
 */
final class NodeSearch {
    /** Of the error of codes: so much nearer than codes say somebody may be. */
    private static final float SPREADS = 3;

    private final HnswGraph graph;
    private final HnswSearch search;
    private Space space;
    private Probe probe;
    private @Nullable CodeSpace guide;
    private CodeSpace.@Nullable CodeProbe guideProbe;

    NodeSearch(HnswGraph graph) {
        this.graph = graph;
        search = new HnswSearch(graph);
        space = graph.space();
        probe = space.probe();
    }

    /** Returns what holds the nodes that were found last in its beam, nearest first. */
    SearchScratch scratch() {
        return search.scratch();
    }

    /** Returns {@link Probe#bestScore} of a node that was found last. */
    double bestScore(int slot, float distance) {
        return probe.bestScore(slot, distance);
    }

    /** Finds the nearest {@code count}, and maybe others, with a beam of {@code ef}, at least as many. */
    void nearest(float[] query, int count, int ef) {
        find(query, count, ef, by -> search.nearest(by, count, ef));
    }

    /** Does so among the nodes that pass; some may be out of reach where few pass. */
    void nearestPassing(float[] query, int count, int ef, HnswSearch.NodeTest test) {
        find(query, count, ef, by -> search.nearestPassing(by, ef, test));
    }

    private void find(float[] query, int count, int ef, Consumer<Probe> walk) {
        CodeSpace.CodeProbe byCodes = guided(query);
        if (byCodes != null) {
            walk.accept(byCodes);
            if (refine(byCodes, query, count, ef)) {
                return;
            }
        }
        aim(query);
        search.refresh(space, probe);
        walk.accept(probe);
    }

    private void aim(float[] query) {
        if (space != graph.space()) {
            space = graph.space();
            probe = space.probe();
        }
        space.refresh(probe);
        space.aim(probe, query);
    }

    /** Aims codes at the query, and the search at them; null if full precision has to find the way. */
    private CodeSpace.@Nullable CodeProbe guided(float[] query) {
        CodeSpace present = graph.space() instanceof FloatSpace floats ? floats.guide() : null;
        if (present == null) {
            return null;
        }
        if (guide != present || guideProbe == null) {
            guide = present;
            guideProbe = present.probe();
        }
        guideProbe.refresh();
        guideProbe.aim(query);
        search.refresh(present, guideProbe);
        return guideProbe.tells() ? guideProbe : null;
    }

    /**
     * Measures whoever of the beam may be among the nearest {@code count}, and leaves those there. Returns false if to
     * codes all of a full beam are about as near: then others may be nearer.
     */
    private boolean refine(CodeSpace.CodeProbe byCodes, float[] query, int count, int ef) {
        SearchScratch found = search.scratch();
        long[] beam = found.beam;
        int size = found.beamSize;
        boolean isWhole = size < ef || ef >= graph.size();
        if (!isWhole && !isBehind(byCodes, beam[ef - 1], Candidates.distance(beam[0]))) {
            return false;
        }
        aim(query);
        int measured = Math.min(count, size);
        measure(found, 0, measured);
        float worst = worst(beam, measured);
        int end = measured;
        while (end < size && (isWhole || !isBehind(byCodes, beam[end], worst))) {
            end++;
        }
        measure(found, measured, end);
        Arrays.sort(beam, 0, end);
        found.beamSize = end;
        return true;
    }

    /** Returns whether somebody is farther than {@code distance} whatever the error of codes. */
    private static boolean isBehind(CodeSpace.CodeProbe byCodes, long candidate, float distance) {
        return byCodes.least(Candidates.slot(candidate), Candidates.distance(candidate), SPREADS) > distance;
    }

    private static float worst(long[] beam, int count) {
        long worst = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            worst = Math.max(worst, beam[i]);
        }
        return Candidates.distance(worst);
    }

    private void measure(SearchScratch found, int from, int to) {
        int count = to - from;
        found.reserveBatch(count);
        for (int i = 0; i < count; i++) {
            found.batch[i] = Candidates.slot(found.beam[from + i]);
        }
        probe.distances(found.batch, count, found.distances);
        found.distancesComputed += count;
        for (int i = 0; i < count; i++) {
            found.beam[from + i] = Candidates.of(found.distances[i], found.batch[i]);
        }
    }
}
