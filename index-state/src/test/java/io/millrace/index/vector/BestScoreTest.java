package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import java.util.Random;
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
}
