package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeSpaceTest {
    private static final int COUNT = 2_000;
    private static final long SEED = 61;

    private static float[][] vectors(int dimension) {
        Random random = new Random(SEED);
        float[][] vectors = new float[COUNT][dimension];
        for (float[] vector : vectors) {
            for (int i = 0; i < dimension; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }
        return vectors;
    }

    private static CodeSpace spaceOf(Metric metric, float[][] vectors) {
        ScalarQuantizer quantizer = ScalarQuantizer.train(
                metric,
                vectors[0].length,
                COUNT,
                (i, vector) -> System.arraycopy(vectors[i], 0, vector, 0, vector.length));
        CodeSpace space = new CodeSpace(metric, quantizer);
        for (int slot = 0; slot < COUNT; slot++) {
            space.set(slot, vectors[slot]);
        }
        return space;
    }

    /** Of normal errors 2.3 % are above two spreads; what codes add on the average is not taken off, so there are more. */
    @ParameterizedTest
    @CsvSource({"L2,32", "L2,128", "COSINE,128"})
    void fewSeemFartherThanSomebodyMaySeemAtTheirDistance(Metric metric, int dimension) {
        float[][] vectors = vectors(dimension);
        CodeSpace space = spaceOf(metric, vectors);
        FloatSpace exact = new FloatSpace(metric, dimension);
        for (int slot = 0; slot < COUNT; slot++) {
            exact.set(slot, vectors[slot]);
        }
        CodeSpace.CodeProbe byCodes = space.probe();
        Probe full = exact.probe();
        int beyond = 0;
        double widest = 0;
        for (int slot = 0; slot < COUNT; slot += 2) {
            byCodes.aim(slot);
            full.aim(slot);
            float distance = full.distance(slot + 1);
            float seeming = byCodes.seeming(distance);
            assertThat(seeming).isGreaterThan(distance);
            beyond += byCodes.distance(slot + 1) > seeming ? 1 : 0;
            float length = metric == Metric.L2 ? distance : 1 + distance;
            widest = Math.max(widest, (seeming - distance) / length);
        }

        assertThat(byCodes.mayErr()).isTrue();
        assertThat(beyond).as("of %d, seed %d", COUNT / 2, SEED).isBetween(1, COUNT / 2 / 20);
        assertThat(widest).isLessThan(0.05);
    }

    @ParameterizedTest
    @CsvSource({"IP,128", "L2,800"})
    void nothingIsSaidWhereLengthsOrPicturesTellMore(Metric metric, int dimension) {
        CodeSpace.CodeProbe probe = spaceOf(metric, vectors(dimension)).probe();

        probe.aim(0);

        assertThat(probe.mayErr()).isFalse();
        assertThat(probe.seeming(1)).isInfinite();
    }

    private static SearchScratch beam(float... distances) {
        SearchScratch found = new SearchScratch();
        for (float distance : distances) {
            found.beam[found.beamSize] = Candidates.of(distance, found.beamSize);
            found.beamSize++;
        }
        return found;
    }

    @Test
    void codesTellIfTheFirstIsSurelyNearerThanTheLastAndTheLastFewDoNotTie() {
        CodeSpace.CodeProbe probe = spaceOf(Metric.L2, vectors(128)).probe();
        float far = 2 * probe.seeming(100);

        assertThat(probe.tellsApart(beam(100, 101, 102, 103, 104, 105, 106, 107, far - 1, far)))
                .isTrue();
        assertThat(probe.tellsApart(beam(100, 100.1f, 100.2f, 100.3f, 100.4f, 100.5f, 100.6f, 100.7f, 100.8f, 100.9f)))
                .as("all about as near")
                .isFalse();
        assertThat(probe.tellsApart(beam(100, 101, 102, 103, 104, 105, 106, 107, far, far)))
                .as("there may be more like the last")
                .isFalse();
        assertThat(probe.tellsApart(beam(100, 100, 100, 100, 104, 105, 106, 107, far - 1, far)))
                .as("ties that all are in the beam")
                .isTrue();
        assertThat(probe.tellsApart(beam(100, far))).as("a short beam").isTrue();
        assertThat(probe.tellsApart(beam(100, far, far))).isFalse();
        assertThat(probe.tellsApart(beam(100))).isFalse();
    }
}
