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

    /** No node. */
    static final long NONE = -1;

    private final HnswGraph graph;
    private final HnswSearch search;
    private Space space;
    private Probe probe;
    private @Nullable CodeSpace guide;
    private CodeSpace.@Nullable CodeProbe guideProbe;

    /** What found the nodes if it was codes: then only those before {@link #measured} are measured in full. */
    private CodeSpace.@Nullable CodeProbe foundBy;

    private int measured;

    /** Before this none is missing that was found and is nearer. */
    private int settled;

    NodeSearch(HnswGraph graph) {
        this.graph = graph;
        search = new HnswSearch(graph);
        space = graph.space();
        probe = space.probe();
    }

    SearchScratch scratch() {
        return search.scratch();
    }

    /**
     * Returns the node that was found last at a place, nearest first, or {@link #NONE}. Behind as many as were asked for
     * more come only to whoever goes on.
     *
     * @param goesOn whether to measure those that were not asked for
     */
    long found(int place, boolean goesOn) {
        if (place == settled && goesOn && foundBy != null) {
            settle(foundBy, place, 2 * place);
        }
        return place < measured ? search.scratch().beam[place] : NONE;
    }

    /** Returns {@link Probe#bestScore} of a node that was found last. */
    double bestScore(int slot, float distance) {
        return probe.bestScore(slot, distance);
    }

    /**
     * Finds the nearest {@code count}, and maybe others, with a beam of {@code ef}, at least as many.
     *
     * @param first so many of them are asked for first, one at least
     */
    void nearest(float[] query, int count, int first, int ef) {
        find(query, first, ef, by -> search.nearest(by, count, ef));
    }

    /** Finds the nearest {@code count} among the nodes that pass; some may be out of reach where few pass. */
    void nearestPassing(float[] query, int count, int ef, HnswSearch.NodeTest test) {
        find(query, count, ef, by -> search.nearestPassing(by, ef, test));
    }

    private void find(float[] query, int first, int ef, Consumer<Probe> walk) {
        measured = 0;
        settled = 0;
        foundBy = guided(query);
        if (foundBy != null) {
            walk.accept(foundBy);
            SearchScratch found = search.scratch();
            // Nobody else could have been found: then all are put in order.
            boolean isWhole = found.beamSize < ef || ef >= graph.size();
            if (isWhole || tells(foundBy, found)) {
                aim(query);
                settle(foundBy, 0, isWhole ? found.beamSize : first);
                return;
            }
            foundBy = null;
        }
        aim(query);
        search.refresh(space, probe);
        walk.accept(probe);
        measured = search.scratch().beamSize;
        settled = measured;
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

    /** Returns false if to codes all of the beam are about as near: then others may be nearer. */
    private static boolean tells(CodeSpace.CodeProbe byCodes, SearchScratch found) {
        return isBehind(byCodes, found.beam[found.beamSize - 1], Candidates.distance(found.beam[0]));
    }

    /** Measures whoever of the beam from {@code from} on may be among the nearest {@code count}, and puts them in order. */
    private void settle(CodeSpace.CodeProbe byCodes, int from, int count) {
        SearchScratch found = search.scratch();
        int size = found.beamSize;
        int end = Math.max(measured, Math.min(count, size));
        measure(found, measured, end);
        settled = end;
        float worst = worst(found.beam, from, end);
        int near = end;
        while (near < size && !isBehind(byCodes, found.beam[near], worst)) {
            near++;
        }
        measure(found, end, near);
        measured = near;
        Arrays.sort(found.beam, from, near);
    }

    /** Returns whether somebody is farther than {@code distance} whatever the error of codes. */
    private static boolean isBehind(CodeSpace.CodeProbe byCodes, long candidate, float distance) {
        return byCodes.least(Candidates.slot(candidate), Candidates.distance(candidate), SPREADS) > distance;
    }

    private static float worst(long[] beam, int from, int to) {
        long worst = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
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
