package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BestScoreTest {
    private static final long SEED = 11;
    private static final int VECTORS = 300;
    private static final float[] LENGTHS = {1, 1, 1, 1e-6f, 1e6f, 1e-18f, 1e-30f, 1e-44f, 1e18f, 1e30f};

    private static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        float length = LENGTHS[random.nextInt(LENGTHS.length)];
        for (int i = 0; i < dimension; i++) {
            vector[i] = length * (float) random.nextGaussian();
        }
        return vector;
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void noScoreIsBetterThanItsDistanceAllows(Metric metric) {
        Random random = new Random(SEED);
        for (int dimension : new int[] {3, 128, 1_000}) {
            FloatSpace space = new FloatSpace(metric, dimension);
            float[][] vectors = new float[VECTORS][];
            for (int slot = 0; slot < VECTORS; slot++) {
                // Some are next to another, where rounding tells most.
                boolean isNear = slot > 0 && random.nextInt(3) == 0;
                vectors[slot] = isNear ? vectors[slot - 1].clone() : vector(random, dimension);
                vectors[slot][0] *= isNear ? 1.000001f : 1;
                space.set(slot, vectors[slot]);
            }
            Probe probe = space.probe();
            for (int query = 0; query < VECTORS; query++) {
                space.aim(probe, vectors[query]);
                for (int slot = 0; slot < VECTORS; slot++) {
                    double best = probe.bestScore(slot, probe.distance(slot));
                    double score = Distance.score(metric, vectors[query], vectors[slot]);
                    assertThat(metric.ascending() ? best <= score : best >= score)
                            .as(
                                    "seed %d, %d dimensions, query %d, slot %d: %s, %s",
                                    SEED, dimension, query, slot, best, score)
                            .isTrue();
                }
            }
        }
    }

    private static float[] near(Random random, float[] centre) {
        float[] vector = centre.clone();
        for (int i = 0; i < vector.length; i++) {
            vector[i] += 0.6f * (float) random.nextGaussian();
        }
        return vector;
    }

    /** Nor is what codes allow so far off that it would tell nothing. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void hardlyAScoreIsBetterThanItsCodesAllow(Metric metric) {
        Random random = new Random(SEED);
        int dimension = 96;
        float[][] vectors = new float[1_000][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = i < 20 ? near(random, new float[dimension]) : near(random, vectors[i % 20]);
        }
        ScalarQuantizer quantizer = ScalarQuantizer.train(
                metric, dimension, vectors.length, (i, out) -> System.arraycopy(vectors[i], 0, out, 0, dimension));
        CodeSpace space = new CodeSpace(metric, quantizer);
        for (int slot = 0; slot < vectors.length; slot++) {
            space.set(slot, vectors[slot]);
        }
        Probe probe = space.probe();
        int wrong = 0;
        int told = 0;
        for (int query = 0; query < 100; query++) {
            float[] point = near(random, vectors[query]);
            double[] scores = new double[vectors.length];
            for (int slot = 0; slot < vectors.length; slot++) {
                scores[slot] = (metric.ascending() ? 1 : -1) * Distance.score(metric, point, vectors[slot]);
            }
            double tenth = Arrays.stream(scores).sorted().toArray()[9];
            space.aim(probe, point);
            for (int slot = 0; slot < vectors.length; slot++) {
                double best = (metric.ascending() ? 1 : -1) * probe.bestScore(slot, probe.distance(slot));
                wrong += best > scores[slot] ? 1 : 0;
                told += best > tenth ? 1 : 0;
            }
        }
        int pairs = 100 * vectors.length;
        assertThat(wrong).as("of %d, seed %d", pairs, SEED).isLessThan(pairs / 200);
        if (metric != Metric.IP) {
            assertThat(told).as("of %d, seed %d", pairs, SEED).isGreaterThan(pairs * 9 / 10);
        }
    }

    @Test
    void codesOfDistancesBeyondFloatsAllowAnyScore() {
        float[][] huge = {{1e30f, -1e30f}, {-1e30f, 1e30f}};
        ScalarQuantizer quantizer =
                ScalarQuantizer.train(Metric.L2, 2, 2, (i, out) -> System.arraycopy(huge[i], 0, out, 0, 2));
        CodeSpace space = new CodeSpace(Metric.L2, quantizer);
        space.set(0, huge[0]);
        space.set(1, huge[1]);
        Probe probe = space.probe();
        space.aim(probe, huge[0]);

        assertThat(probe.bestScore(0, probe.distance(0))).isZero();
        assertThat(probe.bestScore(1, probe.distance(1))).isZero();
    }
}
