package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class HnswSearchTest {
    private static final int DIMENSION = 32;
    private static final int COUNT = 2_000;

    /** As many components as vectors with pictures have. */
    private static final int PICTURED = 288;

    private static final int EF = 200;
    private static final int POINTS = 100;

    private static float[] gaussian(Random random) {
        return HnswCase.gaussian(random, DIMENSION);
    }

    private static HnswSearch searchOf(HnswGraph graph, Probe probe) {
        HnswSearch search = new HnswSearch(graph);
        search.refresh(graph.space(), probe);
        return search;
    }

    /** Indexes vectors and walks around further ones, as inserts do; returns how many nodes a walk follows. */
    private static double followed(Supplier<float[]> vectors, Supplier<float[]> points) {
        HnswCase all = new HnswCase(Metric.L2, DIMENSION, 16, EF, Quantization.NONE, Rescore.MEMORY);
        for (int i = 0; i < COUNT; i++) {
            all.put("k" + i, vectors.get());
        }
        HnswGraph graph = all.index.graph();
        Probe probe = graph.space().probe();
        HnswSearch search = searchOf(graph, probe);
        for (int i = 0; i < POINTS; i++) {
            graph.space().aim(probe, points.get());
            int entry = graph.entry();
            long start = search.descend(probe, entry, graph.links().level(entry), 0);
            search.surround(probe, Candidates.slot(start), 0, EF);
            assertThat(search.scratch().beamSize).isEqualTo(EF);
        }
        return search.scratch().nodesExpanded / (double) POINTS;
    }

    private static Supplier<float[]> clustered(Random random) {
        List<float[]> centres = List.of(gaussian(random), gaussian(random), gaussian(random), gaussian(random));
        return () -> {
            float[] vector = centres.get(random.nextInt(centres.size())).clone();
            for (int i = 0; i < 6; i++) {
                vector[i] += 0.3f * (float) random.nextGaussian();
            }
            return vector;
        };
    }

    @Test
    void aWalkOfAnInsertEndsOnceTheNearestHaveSettled() {
        Supplier<float[]> vectors = clustered(new Random(5));

        assertThat(followed(vectors, vectors)).as("of %d, seed 5", EF).isBetween(50.0, 110.0);
    }

    @Test
    void aWalkIsFollowedWholeWhereNeighboursAreHardToFind() {
        Random random = new Random(6);

        assertThat(followed(() -> gaussian(random), () -> gaussian(random)))
                .as("of %d, seed 6", EF)
                .isGreaterThan(150);
    }

    /** To an outlier all of a group are about as near: that the nearest did not change for a while says nothing. */
    @Test
    void theWalkOfAnOutlierIsFollowedWhole() {
        Random random = new Random(7);
        Supplier<float[]> vectors = clustered(random);

        assertThat(followed(vectors, () -> {
                    float[] point = gaussian(random);
                    for (int i = 0; i < DIMENSION; i++) {
                        point[i] *= 10;
                    }
                    return point;
                }))
                .as("of %d, seed 7", EF)
                .isGreaterThanOrEqualTo(EF);
    }

    private static HnswGraph withPictures(Random random) {
        HnswCase all = new HnswCase(Metric.L2, PICTURED, 16, 60, Quantization.NONE, Rescore.MEMORY);
        for (int i = 0; i < HnswIndex.TRAINING_VECTORS + 500; i++) {
            all.put("k" + i, pictured(random));
        }
        return all.index.graph();
    }

    /** A long vector that lies, but for a little, in 40 dimensions, as vectors do that can be searched. */
    private static float[] pictured(Random random) {
        float[] vector = HnswCase.gaussian(random, PICTURED);
        for (int i = 40; i < PICTURED; i++) {
            vector[i] *= 0.1f;
        }
        return vector;
    }

    @Test
    void whomAPictureGivesNoPlaceIsNotMeasured() {
        Random random = new Random(8);
        HnswGraph graph = withPictures(random);
        Probe probe = graph.space().probe();
        HnswSearch search = searchOf(graph, probe);
        long[] measured = new long[2];
        int found = 0;
        for (int i = 0; i < POINTS; i++) {
            graph.space().aim(probe, pictured(random));
            search.nearest(probe, EF, EF);
            measured[0] += search.scratch().distancesComputed;
            long[] first = Arrays.copyOf(search.scratch().beam, 10);
            search.scratch().distancesComputed = 0;
            search.nearest(probe, 10, EF);
            measured[1] += search.scratch().distancesComputed;
            search.scratch().distancesComputed = 0;
            long[] second = Arrays.copyOf(search.scratch().beam, 10);
            found += (int) Arrays.stream(second)
                    .filter(candidate -> Arrays.stream(first).anyMatch(other -> other == candidate))
                    .count();
        }

        assertThat(measured[1]).as("of %d, seed 8", measured[0]).isLessThan(measured[0] * 3 / 4);
        assertThat(found).as("of %d, seed 8", 10 * POINTS).isGreaterThanOrEqualTo(10 * POINTS * 98 / 100);
    }

    @Test
    void whomACodeGivesNoPlaceDoesNotEnterTheBeamOfAnInsert() {
        Random random = new Random(10);
        Supplier<float[]> vectors = clustered(random);
        HnswCase all = new HnswCase(Metric.L2, DIMENSION, 16, EF, Quantization.INT8, Rescore.MEMORY);
        for (int i = 0; i < HnswIndex.TRAINING_VECTORS + 500; i++) {
            all.put("k" + i, vectors.get());
        }
        HnswGraph graph = all.index.graph();
        Probe probe = graph.space().probe();
        HnswSearch search = searchOf(graph, probe);
        int held = 0;
        int found = 0;
        for (int i = 0; i < POINTS; i++) {
            graph.space().aim(probe, vectors.get());
            search.nearest(probe, graph.size(), graph.size());
            long[] nearest = Arrays.copyOf(search.scratch().beam, 2 * graph.m());
            int entry = graph.entry();
            long start = search.descend(probe, entry, graph.links().level(entry), 0);
            search.surround(probe, Candidates.slot(start), 0, EF);
            long[] beam = Arrays.copyOf(search.scratch().beam, search.scratch().beamSize);
            held += beam.length;
            found += (int) Arrays.stream(nearest)
                    .filter(candidate -> Arrays.stream(beam).anyMatch(other -> (other | 1) == (candidate | 1)))
                    .count();
        }

        assertThat(held).as("of %d, seed 10", EF * POINTS).isLessThan(EF * POINTS * 9 / 10);
        assertThat(found).as("of %d, seed 10", 2 * graph.m() * POINTS).isGreaterThan(2 * graph.m() * POINTS * 98 / 100);
    }

    @Test
    void aBeamOfAllNodesMeasuresAll() {
        Random random = new Random(9);
        HnswGraph graph = withPictures(random);
        Probe probe = graph.space().probe();
        HnswSearch search = searchOf(graph, probe);
        graph.space().aim(probe, pictured(random));

        search.nearest(probe, 10, graph.size());

        assertThat(search.scratch().beamSize).isEqualTo(graph.size()).isEqualTo(HnswIndex.TRAINING_VECTORS + 500);
    }

    @Test
    void whoIsInTheBeamIsKeptByASearchThatFindsLess() {
        Random random = new Random(14);
        HnswCase all = HnswCase.floats(Metric.L2, DIMENSION);
        for (int i = 0; i < COUNT; i++) {
            all.put("k" + i, gaussian(random));
        }
        HnswGraph graph = all.index.graph();
        Probe probe = graph.space().probe();
        HnswSearch search = searchOf(graph, probe);
        int found = 0;
        for (int i = 0; i < POINTS; i++) {
            graph.space().aim(probe, gaussian(random));
            search.nearest(probe, graph.size(), graph.size());
            long[] nearest = Arrays.stream(search.scratch().beam, 0, 10)
                    .map(candidate -> candidate & ~1)
                    .toArray();
            search.nearest(probe, 10, 10);
            found += places(nearest, search.scratch());
            System.arraycopy(nearest, 0, search.scratch().beam, 0, 10);

            search.refine(probe, 10, 10);

            assertThat(places(nearest, search.scratch())).isEqualTo(10);
            assertThat(search.scratch().beamSize).isEqualTo(10);
        }
        assertThat(found).as("without them, of %d, seed 14", 10 * POINTS).isLessThan(10 * POINTS * 95 / 100);
    }

    private static int places(long[] nearest, SearchScratch found) {
        int places = 0;
        for (int i = 0; i < nearest.length; i++) {
            places += (found.beam[i] | 1) == (nearest[i] | 1) ? 1 : 0;
        }
        return places;
    }
}
