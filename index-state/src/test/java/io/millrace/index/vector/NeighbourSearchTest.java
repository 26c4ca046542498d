package io.millrace.index.vector;

import static io.millrace.index.vector.HnswCase.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What inserts of float indexes find where codes guide them. */
class NeighbourSearchTest {
    private static final int COUNT = HnswIndex.TRAINING_VECTORS + 1_000;
    private static final int EF = 200;
    private static final int M = 16;

    @BeforeAll
    static void needsTheVectorModule() {
        assumeTrue(Distance.hasVectorModule(), "codes guide float indexes with the vector module only");
    }

    private static float[] moved(float[] vector, float by, Random random) {
        float[] moved = vector.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += by * (float) random.nextGaussian();
        }
        return moved;
    }

    private static HnswGraph graphOf(Metric metric, int dimension, Supplier<float[]> vectors) {
        HnswCase all = new HnswCase(metric, dimension, M, EF, Quantization.NONE, Rescore.MEMORY);
        for (int i = 0; i < COUNT; i++) {
            all.put("k" + i, vectors.get());
        }
        HnswGraph graph = all.index.graph();
        assertThat(((FloatSpace) graph.space()).guide()).isNotNull();
        return graph;
    }

    private static long[] around(HnswGraph graph, NeighbourSearch search, int slot) {
        search.aim(slot);
        int start = search.descend(graph.entry(), graph.links().level(graph.entry()), 0);
        SearchScratch found = search.surround(start, 0, EF);
        return Arrays.stream(found.beam, 0, found.beamSize)
                .map(candidate -> candidate & ~1)
                .toArray();
    }

    /** Returns how many of the nearest 2 m were found, of those of every seventh slot. */
    private static double recallAround(HnswGraph graph) {
        Probe probe = graph.space().probe();
        NeighbourSearch search = new NeighbourSearch(graph, probe);
        search.refresh(graph.space(), probe);
        int[] slots = new int[COUNT];
        Arrays.setAll(slots, i -> i);
        float[] distances = new float[COUNT + 3];
        int found = 0;
        int wanted = 0;
        for (int slot = 0; slot < COUNT; slot += 7) {
            long[] beam = around(graph, search, slot);
            probe.distances(slots, COUNT, distances);
            assertThat(beam).isSorted().doesNotHaveDuplicates();
            for (long candidate : beam) {
                assertThat(Candidates.distance(candidate)).isEqualTo(distances[Candidates.slot(candidate)]);
            }
            float bound = Arrays.stream(slots)
                    .mapToObj(i -> distances[i])
                    .sorted()
                    .skip(2 * M - 1)
                    .findFirst()
                    .orElseThrow();
            found += (int) Arrays.stream(beam)
                    .limit(2 * M)
                    .filter(candidate -> Candidates.distance(candidate) <= bound)
                    .count();
            wanted += 2 * M;
        }
        return found / (double) wanted;
    }

    @ParameterizedTest
    @CsvSource({"L2,32", "L2,128", "COSINE,128", "IP,64"})
    void nearlyAllNeighboursAreFoundMeasuredInFullAndInOrder(Metric metric, int dimension) {
        Random random = new Random(71);
        float[][] centres = new float[12][];
        Arrays.setAll(centres, i -> gaussian(random, dimension));
        HnswGraph graph =
                graphOf(metric, dimension, () -> moved(centres[random.nextInt(centres.length)], 0.5f, random));

        double recall = recallAround(graph);

        System.out.printf("%s %d, seed 71: recall@%d around nodes %.4f%n", metric, dimension, 2 * M, recall);
        assertThat(recall).isGreaterThanOrEqualTo(0.98);
    }

    /** Half of all are one to codes, whose range is that of the others. */
    @Test
    void fullPrecisionFindsThoseWhomCodesCannotTellApart() {
        Random random = new Random(72);
        float[] same = gaussian(random, 16);
        Supplier<float[]> vectors = () -> random.nextBoolean() ? moved(same, 1e-4f, random) : gaussian(random, 16);

        assertThat(recallAround(graphOf(Metric.L2, 16, vectors))).as("seed 72").isGreaterThanOrEqualTo(0.98);
    }

    /** Every seventh, as are looked around, lies far beyond what codes were learned from, where they have no range. */
    @Test
    void fullPrecisionFindsTheWayToWhomCodesDoNotReach() {
        Random random = new Random(73);
        int[] count = {0};

        HnswGraph graph = graphOf(Metric.L2, 16, () -> {
            int i = count[0]++;
            float[] vector = gaussian(random, 16);
            vector[0] += i % 7 == 0 && i > HnswIndex.TRAINING_VECTORS ? 1_000 : 0;
            return vector;
        });
        CodeSpace.CodeProbe byCodes = ((FloatSpace) graph.space()).guide().probe();
        float[] far = new float[16];
        far[0] = 1_000;
        byCodes.aim(far);

        assertThat(byCodes.tells()).isFalse();
        assertThat(recallAround(graph)).as("seed 73").isGreaterThanOrEqualTo(0.98);
    }
}
