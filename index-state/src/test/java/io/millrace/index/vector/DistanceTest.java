package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistanceTest {
    @Test
    void metricsReportWhatTheyAreNamedFor() {
        float[] a = {3, 4};
        float[] b = {0, 8};

        assertThat(Distance.score(Metric.L2, a, b)).isEqualTo(5);
        assertThat(Distance.score(Metric.IP, a, b)).isEqualTo(32);
        assertThat(Distance.score(Metric.COSINE, a, b)).isEqualTo(0.8);
    }

    @Test
    void cosineWithAZeroVectorIsZero() {
        assertThat(Distance.score(Metric.COSINE, new float[3], new float[] {1, 2, 3}))
                .isZero();
    }

    @Test
    void cosineOfAVectorWithItselfIsOneHoweverLargeOrSmall() {
        for (float scale : new float[] {Float.MAX_VALUE, 1e30f, 1, 1e-20f, 1e-40f, Float.MIN_VALUE}) {
            float[] vector = {scale, -scale, scale / 2};
            assertThat(Distance.score(Metric.COSINE, vector, vector))
                    .as("scale " + scale)
                    .isBetween(1 - 1e-6, 1.0);
        }
    }

    @Test
    void noPairOfFiniteVectorsScoresNaNOrInfinity() {
        float[] huge = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE};
        float[] mixed = {-Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE};
        for (Metric metric : Metric.values()) {
            assertThat(Distance.score(metric, huge, mixed)).as(metric.name()).isFinite();
        }
    }

    @Test
    void theTestsRunWithSimd() {
        assertThat(Distance.description()).startsWith("SIMD");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void simdIsScalarToTheBit(long seed) {
        Random random = new Random(seed);
        Distance.Kernel scalar = new ScalarKernel();
        Distance.Kernel simd = new SimdKernel();
        for (int dimension = 1; dimension <= 300; dimension++) {
            float[] a = vector(random, dimension + 3);
            float[] b = vector(random, dimension + 5);
            assertThat(bits(simd.dot(a, 3, b, 5, dimension)))
                    .as("dot of " + dimension)
                    .isEqualTo(bits(scalar.dot(a, 3, b, 5, dimension)));
            assertThat(bits(simd.squaredL2(a, 3, b, 5, dimension)))
                    .as("l2 of " + dimension)
                    .isEqualTo(bits(scalar.squaredL2(a, 3, b, 5, dimension)));
        }
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4));
        }
        return vector;
    }
}
