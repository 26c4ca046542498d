package io.millrace.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.millrace.protocol.statistics.DegreeStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.junit.jupiter.api.Test;

class DegreeEstimateTest {
    private static final int VERTICES = 2_000;
    private static final long SEED = 7;

    /** Returns degrees of which some are large and many are none. */
    private static int[] skewed(Random random) {
        int[] degrees = new int[VERTICES];
        for (int edge = 0; edge < 4 * VERTICES; edge++) {
            degrees[(int) (Math.pow(random.nextDouble(), 3) * VERTICES)]++;
        }
        return degrees;
    }

    private static DegreeStatistics statistics(int[] degrees, int from, int to) {
        KllDoublesSketch sketch = KllDoublesSketch.newHeapInstance(100);
        for (int vertex = from; vertex < to; vertex++) {
            sketch.update(degrees[vertex]);
        }
        int edges = Arrays.stream(degrees, from, to).sum();
        return new DegreeStatistics(1, true, to - from, edges, sketch.toByteArray(), List.of());
    }

    private static int reached(int[] degrees, int drawn, Random random) {
        int[] owners = new int[Arrays.stream(degrees).sum()];
        int at = 0;
        for (int vertex = 0; vertex < degrees.length; vertex++) {
            Arrays.fill(owners, at, at + degrees[vertex], vertex);
            at += degrees[vertex];
        }
        for (int i = 0; i < drawn; i++) {
            int other = i + random.nextInt(owners.length - i);
            int owner = owners[other];
            owners[other] = owners[i];
            owners[i] = owner;
        }
        return (int) Arrays.stream(owners, 0, drawn).distinct().count();
    }

    @Test
    void edgesDrawnAtRandomReachAsManyVerticesAsEstimated() {
        Random random = new Random(SEED);
        int[] degrees = skewed(random);
        DegreeEstimate estimate = new DegreeEstimate();
        estimate.add(statistics(degrees, 0, 500));
        estimate.add(statistics(degrees, 500, VERTICES));
        for (int drawn : new int[] {50, 500, 2_000, 6_000, 8_000}) {
            assertThat(estimate.reached(drawn))
                    .as("of %d edges, seed %d", drawn, SEED)
                    .isCloseTo(reached(degrees, drawn, random), withPercentage(10));
        }
    }

    @Test
    void withoutEdgesNothingIsReached() {
        DegreeEstimate estimate = new DegreeEstimate();
        assertThat(estimate.reached(3)).isZero();
        estimate.add(new DegreeStatistics(1, true, 0, 0, new byte[0], List.of()));
        assertThat(estimate.reached(3)).isZero();
        assertThat(estimate.mean()).isZero();
    }

    @Test
    void hubsAreKnownByName() {
        DegreeEstimate estimate = new DegreeEstimate();
        estimate.add(new DegreeStatistics(1, true, 11, 110, new byte[0], List.of(new DegreeStatistics.Hub("h", 100))));
        assertThat(estimate.of("h")).isEqualTo(100);
        assertThat(estimate.of("other")).isEqualTo(1);
        assertThat(estimate.mean()).isEqualTo(10);
    }
}
