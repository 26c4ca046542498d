package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SketchesTest {
    private static final int COUNT = 3_000;

    /** Vectors around a few centres, as embeddings are. */
    private static List<float[]> clustered(Random random, int dimension, int count) {
        float[][] centres = new float[12][dimension];
        for (float[] centre : centres) {
            for (int i = 0; i < dimension; i++) {
                centre[i] = (float) random.nextGaussian() + (i == 3 ? 20 : 0);
            }
        }
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] vector = centres[random.nextInt(centres.length)].clone();
            for (int j = 0; j < dimension; j++) {
                vector[j] += 0.7f * (float) random.nextGaussian();
            }
            vectors.add(vector);
        }
        return vectors;
    }

    private static FloatSpace sketched(Metric metric, List<float[]> vectors) {
        int dimension = vectors.get(0).length;
        FloatSpace space = new FloatSpace(metric, dimension);
        for (int i = 0; i < vectors.size(); i++) {
            space.set(i, vectors.get(i));
        }
        Frame frame = Frame.learn(
                metric,
                dimension,
                vectors.size(),
                (i, vector) -> System.arraycopy(vectors.get(i), 0, vector, 0, dimension));
        space.sketch(frame, IntStream.range(0, vectors.size()).toArray());
        return space;
    }

    private static Probe aimed(Space space, float[] query) {
        Probe probe = space.probe();
        space.aim(probe, query);
        return probe;
    }

    private static int[] promising(Probe probe, int count, float worst) {
        int[] slots = IntStream.range(0, count).toArray();
        return Arrays.copyOf(slots, probe.promising(slots, count, worst, false));
    }

    @ParameterizedTest
    @CsvSource({"L2,100", "L2,200", "L2,384", "COSINE,100", "COSINE,384", "IP,100", "IP,384"})
    void fewThatAreNearerAndMostThatAreNotArePassedOver(Metric metric, int dimension) {
        Random random = new Random(41);
        List<float[]> vectors = clustered(random, dimension, COUNT);
        FloatSpace space = sketched(metric, vectors.subList(0, COUNT - 30));
        int nearer = 0;
        int missed = 0;
        int promising = 0;
        for (float[] query : vectors.subList(COUNT - 30, COUNT)) {
            Probe probe = aimed(space, query);
            float[] distances = new float[COUNT + 3];
            int[] all = IntStream.range(0, COUNT - 30).toArray();
            probe.distances(all, all.length, distances);
            float[] sorted = Arrays.copyOf(distances, all.length);
            Arrays.sort(sorted);
            float worst = sorted[99];
            int[] kept = promising(probe, all.length, worst);
            promising += kept.length;
            nearer += 100;
            missed += 100
                    - (int) Arrays.stream(kept)
                            .filter(slot -> distances[slot] <= worst)
                            .count();
            assertThat(kept).isSorted();
        }

        assertThat(missed / (double) nearer)
                .as("share missed of the nearest hundred, seed 41")
                .isLessThan(0.01);
        assertThat(promising / (30.0 * COUNT)).as("share of all that is left").isLessThan(0.25);
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void whatCannotBeJudgedIsNeverPassedOver(Metric metric) {
        List<float[]> vectors = clustered(new Random(42), 128, 200);
        float[] huge = new float[128];
        Arrays.fill(huge, 1e30f);
        float[] tiny = new float[128];
        Arrays.fill(tiny, 1e-42f);
        vectors.set(7, huge);
        vectors.set(8, tiny);
        vectors.set(9, new float[128]);
        FloatSpace space = sketched(metric, vectors);
        for (float[] query : List.of(huge, tiny, new float[128], vectors.get(3))) {
            Probe probe = aimed(space, query);
            int own = vectors.indexOf(query);

            assertThat(promising(probe, 200, Float.POSITIVE_INFINITY)).hasSize(200);
            assertThat(promising(probe, 200, probe.distance(3))).contains(3);
            if (own >= 0) {
                assertThat(promising(probe, 200, probe.distance(own))).contains(own);
            }
        }
    }

    @Test
    void equalVectorsAreAtNoDistance() {
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            vectors.add(new float[] {1, 2, 3});
        }
        FloatSpace space = sketched(Metric.L2, vectors);

        assertThat(promising(aimed(space, new float[] {1, 2, 3}), 50, 0)).hasSize(50);
        assertThat(promising(aimed(space, new float[] {9, 2, 3}), 50, 1)).isEmpty();
    }

    @Test
    void aSlotThatIsSetAgainHasTheNewPicture() {
        List<float[]> vectors = clustered(new Random(43), 160, 3_000);
        FloatSpace space = sketched(Metric.L2, vectors);
        float[] query = vectors.get(2_999);
        space.set(0, query);

        assertThat(promising(aimed(space, query), 3_000, 0)).contains(0, 2_999);
    }

    @Test
    void theBytesOfAFrameAreAsCommitted() {
        Frame frame = new Frame(Metric.L2, new float[] {1, -2.5f, 0});
        byte[] bytes = HnswFormat.frame(frame);

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("01033f800000c020000000000000");
        float[] turned = new float[32];
        float[] again = new float[32];
        frame.turn(new float[] {4, 5, 6}, turned);
        Frame.readFrom(Metric.L2, HnswFormat.open(bytes)).turn(new float[] {4, 5, 6}, again);
        assertThat(again).isEqualTo(turned);
    }

    @ParameterizedTest
    @CsvSource({"32", "96", "800"})
    void turningKeepsDistances(int dimension) {
        Random random = new Random(44);
        List<float[]> vectors = clustered(random, dimension, 40);
        Frame frame = new Frame(Metric.L2, vectors.get(0));
        float[] a = new float[frame.length()];
        float[] b = new float[frame.length()];
        for (int i = 1; i < 40; i++) {
            frame.turn(vectors.get(i - 1), a);
            frame.turn(vectors.get(i), b);
            double expected = Distance.score(Metric.L2, vectors.get(i - 1), vectors.get(i));

            assertThat(Distance.score(Metric.L2, a, b)).isCloseTo(expected, Percentage.withPercentage(0.01));
        }
    }
}
