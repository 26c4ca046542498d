package io.millrace.planner.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.planner.cluster.WeightedKMeans.Clusters;
import io.millrace.planner.cluster.WeightedKMeans.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedKMeansTest {
    private static Point point(long weight, float... vector) {
        return new Point(vector, weight);
    }

    @Test
    void pointsPullTheCentroidByTheirWeight() {
        Clusters clusters = WeightedKMeans.of(List.of(point(3, 0), point(1, 4), point(2, 100), point(1, 103)), 2, 7);

        assertThat(clusters.clusterOf()).containsExactly(0, 0, 1, 1);
        assertThat(clusters.centroids().get(0)).containsExactly(1);
        assertThat(clusters.centroids().get(1)).containsExactly(101);
        assertThat(clusters.sizes()).containsExactly(4L, 3L);
    }

    @Test
    void clustersOfOneSizeAreInTheOrderOfTheirCentroids() {
        Clusters clusters = WeightedKMeans.of(List.of(point(2, 9, 1), point(2, 9, 0), point(2, -5, 7)), 3, 1);

        assertThat(clusters.clusterOf()).containsExactly(2, 1, 0);
    }

    @Test
    void thereAreNoMoreClustersThanPointsThatDiffer() {
        Clusters clusters = WeightedKMeans.of(List.of(point(1, 5), point(4, 5), point(1, 6)), 8, 1);

        assertThat(clusters.sizes()).containsExactly(5L, 1L);
        assertThat(clusters.clusterOf()).containsExactly(0, 0, 1);
    }

    @Test
    void nothingHasNoClusters() {
        assertThatThrownBy(() -> WeightedKMeans.of(List.of(), 2, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Partials of shards come in any order. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void orderOfPointsDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            points.add(point(1 + random.nextInt(9), random.nextFloat(), random.nextFloat(), random.nextFloat()));
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);

        Clusters clusters = WeightedKMeans.of(points, 8, 3);
        Clusters shuffled = WeightedKMeans.of(order.stream().map(points::get).toList(), 8, 3);

        assertThat(shuffled.centroids().stream().map(Arrays::toString).toList())
                .isEqualTo(clusters.centroids().stream().map(Arrays::toString).toList());
        assertThat(shuffled.sizes()).isEqualTo(clusters.sizes());
        for (int i = 0; i < order.size(); i++) {
            assertThat(shuffled.clusterOf()[i]).isEqualTo(clusters.clusterOf()[order.get(i)]);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
    void clustersThatStandApartAreFound(long seed) {
        Random random = new Random(seed);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 320; i++) {
            float[] vector = new float[8];
            for (int d = 0; d < vector.length; d++) {
                vector[d] = (float) (20 * ((i % 16 >> d % 4) & 1) + random.nextGaussian());
            }
            points.add(new Point(vector, 1 + random.nextInt(50)));
        }

        Clusters clusters = WeightedKMeans.of(points, 16, seed);

        for (int i = 0; i < 320; i++) {
            assertThat(clusters.clusterOf()[i]).as("point %d", i).isEqualTo(clusters.clusterOf()[i % 16]);
        }
        assertThat(Arrays.stream(clusters.clusterOf()).distinct()).hasSize(16);
    }

    @Test
    void manyPointsOfManyDimensionsTakeABoundedTime() {
        Random random = new Random(5);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 1_024; i++) {
            float[] vector = new float[256];
            for (int d = 0; d < vector.length; d++) {
                vector[d] = random.nextFloat();
            }
            points.add(new Point(vector, 1));
        }
        long start = System.nanoTime();

        Clusters clusters = WeightedKMeans.of(points, 16, 1);

        assertThat(clusters.sizes().stream().mapToLong(Long::longValue).sum()).isEqualTo(1_024);
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(2_000_000_000L);
    }
}
