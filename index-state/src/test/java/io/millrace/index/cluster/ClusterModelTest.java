package io.millrace.index.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.index.cluster.ClusterModel.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterModelTest {
    private static final int DIMENSION = 8;

    /** Vectors around the corners of a cube with edges of 20 standard deviations: sixteen groups. */
    private static float[] around(int group, Random random) {
        float[] vector = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] = (float) (20 * ((group >> d % 4) & 1) + random.nextGaussian());
        }
        return vector;
    }

    @Test
    void firstVectorsThatDifferAreClustersOfTheirOwn() {
        ClusterModel model = new ClusterModel(1, 1);

        assertThat(IntStream.of(5, 7, 5, 9, 11).map(x -> model.add(new float[] {x})))
                .containsExactly(0, 1, 0, 2, 3);
        assertThat(model.slots()).isEqualTo(ClusterModel.FINER);
        assertThat(model.slot(0).size()).isEqualTo(2);
    }

    @Test
    void aCentroidIsTheMeanOfWhatItHasTaken() {
        ClusterModel model = new ClusterModel(1, 1);
        for (float x : new float[] {0, 100, 200, 300}) {
            model.add(new float[] {x});
        }
        model.add(new float[] {1});
        model.add(new float[] {2});
        model.add(new float[] {3});
        List<Float> centroids = IntStream.range(0, model.slots())
                .mapToObj(slot -> model.slot(slot).centroid()[0])
                .toList();

        assertThat(centroids).contains(100f, 200f, 300f);
    }

    @Test
    void sizesAreThoseOfTheRowsThatAreLeft() {
        ClusterModel model = new ClusterModel(1, 1);
        int label = model.add(new float[] {1});
        model.add(new float[] {1});
        model.remove(label);

        assertThat(model.slot(0).size()).isEqualTo(1);
    }

    @Test
    void aClusterWithoutRowsHasNoPast() {
        ClusterModel model = new ClusterModel(1, 1);
        int label = model.add(new float[] {1});
        for (float x : new float[] {100, 200, 300}) {
            model.add(new float[] {x});
        }
        for (int i = 0; i < 50; i++) {
            model.remove(model.add(new float[] {1}));
        }
        model.remove(label);

        assertThat(model.add(new float[] {4})).isEqualTo(label);
        assertThat(model.slot(0).centroid()[0]).isEqualTo(4);
    }

    /** A quarter of the clusters are enough to see sixteen groups, but what comes first takes all of them. */
    @ParameterizedTest(name = "seed {0}, sorted {1}")
    @CsvSource({"51, false", "52, false", "53, true", "54, true", "55, true"})
    void groupsThatStandApartAreNotMixedEvenWhereTheyComeOneAfterTheOther(long seed, boolean sorted) {
        Random random = new Random(seed);
        ClusterModel model = new ClusterModel(DIMENSION, 16);
        int rows = 8_000;
        int[] labels = new int[rows];
        int[] groups = new int[rows];
        for (int i = 0; i < rows; i++) {
            groups[i] = sorted ? i * 16 / rows : random.nextInt(16);
            labels[i] = model.add(around(groups[i], random));
        }
        Map<Integer, int[]> groupsByLabel = new HashMap<>();
        for (int i = 0; i < rows; i++) {
            groupsByLabel.computeIfAbsent(model.resolve(labels[i]), label -> new int[16])[groups[i]]++;
        }
        int pure = groupsByLabel.values().stream()
                .mapToInt(counts -> Arrays.stream(counts).max().orElse(0))
                .sum();

        assertThat((double) pure / rows).as("purity").isGreaterThan(0.99);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {61, 62})
    void labelsGrowWithTheLogarithmOfTheStream(long seed) {
        Random random = new Random(seed);
        ClusterModel model = new ClusterModel(2, 2);
        int few = 0;
        for (int i = 0; i < 64_000; i++) {
            // Ever farther off.
            double scale = Math.pow(2, random.nextDouble() * i / 4_000);
            model.add(new float[] {(float) (random.nextGaussian() * scale), (float) (random.nextGaussian() * scale)});
            few = i == 8_000 ? model.progress().slotOfLabel().length : few;
        }
        int all = model.progress().slotOfLabel().length;

        assertThat(all).as("labels after 64 000").isLessThan(8 + 4 * 8 * 12);
        assertThat(all - few).as("of them after the first 8 000").isLessThan(4 * 8 * 4);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {71, 72, 73})
    void whatWasReadFromStateGoesOnAsIfNothingHadHappened(long seed) {
        Random random = new Random(seed);
        ClusterModel model = new ClusterModel(DIMENSION, 4);
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            rows.add(model.add(around(random.nextInt(16), random)));
        }
        ClusterModel restored = new ClusterModel(DIMENSION, 4);
        for (int slot = 0; slot < model.slots(); slot++) {
            restored.restore(ClusterFormat.readSlot(ClusterFormat.slot(model.slot(slot))));
        }
        restored.restore(ClusterFormat.readHead(
                        ClusterFormat.head(new ClusterFormat.Head(true, model.slots(), model.progress())))
                .progress());
        for (int i = 0; i < 500; i++) {
            float[] vector = around(random.nextInt(16), random);
            int removed = rows.get(random.nextInt(rows.size()));
            if (model.slot(slotOf(model, removed)).size() > 0) {
                model.remove(removed);
                restored.remove(removed);
            }
            assertThat(restored.add(vector)).isEqualTo(model.add(vector));
        }
        for (int slot = 0; slot < model.slots(); slot++) {
            assertThat(ClusterFormat.slot(restored.slot(slot))).isEqualTo(ClusterFormat.slot(model.slot(slot)));
        }
    }

    private static int slotOf(ClusterModel model, int label) {
        int resolved = model.resolve(label);
        return IntStream.range(0, model.slots())
                .filter(slot -> model.slot(slot).label() == resolved)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void vectorsAtTheEdgeOfWhatFloatsHoldStayFinite() {
        ClusterModel model = new ClusterModel(2, 1);
        float huge = Float.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            model.add(new float[] {i % 2 == 0 ? huge : -huge, i % 3 == 0 ? huge : i});
        }

        for (int slot = 0; slot < model.slots(); slot++) {
            Slot one = model.slot(slot);
            assertThat(one.centroid()[0]).as("slot %d", slot).isFinite();
            assertThat(one.centroid()[1]).as("slot %d", slot).isFinite();
        }
        long rows = IntStream.range(0, model.slots())
                .mapToLong(slot -> model.slot(slot).size())
                .sum();
        assertThat(rows).isCloseTo(50, within(0L));
    }
}
