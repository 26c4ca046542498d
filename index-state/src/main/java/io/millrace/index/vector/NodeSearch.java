package io.millrace.index.vector;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds near nodes. Where codes guide a float index, the way is found by codes, and whoever may be among the nearest is
 * measured in full precision; where codes cannot tell, full precision finds the way. Used by one thread.
 */
final class NodeSearch {
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
        if (!findByCodes(query, first, ef, by -> search.nearest(by, count, ef))) {
            search.refine(probe, count, ef);
            takeAll();
        }
    }

    /** Finds the nearest {@code count} among the nodes that pass; some may be out of reach where few pass. */
    void nearestPassing(float[] query, int count, int ef, HnswSearch.NodeTest test) {
        if (!findByCodes(query, count, ef, by -> search.nearestPassing(by, ef, test))) {
            search.nearestPassing(probe, ef, test);
            takeAll();
        }
    }

    /**
     * Lets codes find the way.
     *
     * @return false if they cannot tell: then the probe is aimed and has measured and put in order what they found
     */
    private boolean findByCodes(float[] query, int first, int ef, Consumer<Probe> walk) {
        SearchScratch found = search.scratch();
        found.beamSize = 0;
        measured = 0;
        settled = 0;
        foundBy = guided(query);
        aim(query);
        if (foundBy != null) {
            walk.accept(foundBy);
            // Nobody else could have been found: then all are put in order.
            boolean isWhole = found.beamSize < ef || ef >= graph.size();
            if (isWhole || foundBy.tellsApart(found)) {
                settle(foundBy, 0, isWhole ? found.beamSize : first);
                return true;
            }
            foundBy = null;
            found.measure(probe, 0, found.beamSize);
            Arrays.sort(found.beam, 0, found.beamSize);
        }
        search.refresh(space, probe);
        return false;
    }

    private void takeAll() {
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

    /** Measures whoever of the beam from {@code from} on may be among the nearest {@code count}, and puts them in order. */
    private void settle(CodeSpace.CodeProbe byCodes, int from, int count) {
        SearchScratch found = search.scratch();
        int size = found.beamSize;
        int end = Math.max(measured, Math.min(count, size));
        found.measure(probe, measured, end);
        settled = end;
        float worst = worst(found.beam, from, end);
        int near = end;
        while (near < size && !byCodes.isBehind(found.beam[near], worst)) {
            near++;
        }
        found.measure(probe, end, near);
        measured = near;
        Arrays.sort(found.beam, from, near);
    }

    private static float worst(long[] beam, int from, int to) {
        long worst = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            worst = Math.max(worst, beam[i]);
        }
        return Candidates.distance(worst);
    }
}
