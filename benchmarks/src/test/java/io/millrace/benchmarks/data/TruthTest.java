package io.millrace.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import org.junit.jupiter.api.Test;

class TruthTest {
    private static final float[][] BASE = {{0, 0}, {3, 0}, {0, 3}, {9, 9}};
    private static final float[][] QUERIES = {{1, 1}};

    @Test
    void nearestComeFirstAndTiesBySmallerId() {
        assertThat(Truth.compute(Metric.L2, BASE, QUERIES, 3).ids()).isDeepEqualTo(new int[][] {{0, 1, 2}});
        assertThat(Truth.compute(Metric.IP, BASE, QUERIES, 2).ids()).isDeepEqualTo(new int[][] {{3, 1}});
    }

    @Test
    void anyMemberOfATieIsRight() {
        Truth truth = Truth.compute(Metric.L2, BASE, QUERIES, 2);
        assertThat(truth.right(0, new int[] {0, 2}, 2, 2)).isEqualTo(2);
        assertThat(truth.right(0, new int[] {0, 3}, 2, 2)).isEqualTo(1);
        assertThat(truth.right(0, new int[] {0, 3}, 0, 2)).isZero();
    }

    @Test
    void sameSeedMakesTheSameVectors() {
        float[][] first = new ClusteredVectors(8, 5).next(20);
        assertThat(new ClusteredVectors(8, 5).next(20)).isDeepEqualTo(first);
        assertThat(new ClusteredVectors(8, 6).next(20)[0]).isNotEqualTo(first[0]);
    }
}
