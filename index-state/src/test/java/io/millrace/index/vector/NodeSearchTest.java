package io.millrace.index.vector;

import static io.millrace.index.vector.HnswCase.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.index.store.Namespaces;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Float indexes whose searches find the way by codes. */
class NodeSearchTest {
    private static final int COUNT = HnswIndex.TRAINING_VECTORS + 500;

    @BeforeAll
    static void needsTheVectorModule() {
        assumeTrue(Distance.hasVectorModule(), "codes guide float indexes with the vector module only");
    }

    private static HnswCase floats(Metric metric, int dimension) {
        return new HnswCase(metric, dimension, 16, 100, Quantization.NONE, Rescore.MEMORY);
    }

    /** Around a few centres, and off zero, as embeddings are. */
    private static List<float[]> clustered(Random random, int dimension, int count) {
        List<float[]> centres = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            float[] centre = gaussian(random, dimension);
            centre[3] += 5;
            centres.add(centre);
        }
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] vector = gaussian(random, dimension);
            for (int j = 0; j < dimension; j++) {
                vector[j] = centres.get(i % centres.size())[j] + 0.6f * vector[j];
            }
            vectors.add(vector);
        }
        return vectors;
    }

    private static CodeSpace guideOf(HnswCase all) {
        CodeSpace guide = ((FloatSpace) all.index.graph().space()).guide();
        assertThat(guide).isNotNull();
        return guide;
    }

    private static List<List<HnswCase.Hit>> answers(HnswCase all, List<float[]> queries) {
        return queries.stream().map(query -> all.nearest(query, 20, 60)).toList();
    }

    @ParameterizedTest
    @CsvSource({"L2,32", "L2,128", "L2,256", "COSINE,100", "IP,100"})
    void whoIsFoundByCodesIsScoredAndOrderedInFullAlsoAfterARestart(Metric metric, int dimension) {
        List<float[]> vectors = clustered(new Random(51), dimension, COUNT + 40);
        HnswCase all = floats(metric, dimension);
        for (int i = 0; i < COUNT; i++) {
            all.put("k" + i, vectors.get(i));
        }
        List<float[]> queries = vectors.subList(COUNT, COUNT + 40);

        assertThat(guideOf(all).probe().limit()).isGreaterThanOrEqualTo(COUNT);
        assertThat(all.recall(queries, 10, 10, 80)).as("recall@10, seed 51").isGreaterThanOrEqualTo(0.95);
        for (float[] query : queries) {
            for (HnswCase.Hit hit : all.nearest(query, 10, 60)) {
                assertThat(hit.score()).isEqualTo(Distance.score(metric, query, all.live.get(hit.key())));
            }
        }
        List<List<HnswCase.Hit>> before = answers(all, queries);
        all.restart();
        assertThat(answers(all, queries)).isEqualTo(before);
        assertThat(guideOf(all).probe().limit()).isGreaterThanOrEqualTo(COUNT);
    }

    /** Codes are the same for all of a group that is a hundredth of their unit wide. */
    @Test
    void whomCodesCannotTellApartFullPrecisionDoes() {
        Random random = new Random(52);
        HnswCase all = floats(Metric.L2, 64);
        List<float[]> vectors = clustered(random, 64, COUNT);
        float[] middle = vectors.get(0);
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < COUNT + 30; i++) {
            float[] vector = i < COUNT && i % 2 == 0 ? vectors.get(i) : middle.clone();
            for (int j = 0; j < 64 && (i >= COUNT || i % 2 == 1); j++) {
                vector[j] += 2e-4f * (float) random.nextGaussian();
            }
            if (i < COUNT) {
                all.put("k" + i, vector);
            } else {
                queries.add(vector);
            }
        }

        assertThat(guideOf(all).probe().limit()).isPositive();
        assertThat(all.recall(queries, 10, 10, 200)).as("recall@10, seed 52").isGreaterThanOrEqualTo(0.95);
    }

    /** Codes are cut at the range of the sample: to them all that is beyond is about as far. */
    @Test
    void whoeverLiesBeyondTheRangeOfCodesIsFound() {
        Random random = new Random(53);
        HnswCase all = floats(Metric.L2, 64);
        clustered(random, 64, COUNT).forEach(vector -> all.put("k" + all.live.size(), vector));
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            float[] vector = gaussian(random, 64);
            for (int j = 0; j < 64; j++) {
                vector[j] *= 40;
            }
            all.put("k" + all.live.size(), vector);
            float[] query = vector.clone();
            query[i % 64] += 1;
            queries.add(query);
        }

        assertThat(all.recall(queries, 1, 1, 100)).as("recall@1, seed 53").isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void aBeamOfAllNodesFindsAllInOrder() {
        Random random = new Random(54);
        HnswCase all = floats(Metric.L2, 48);
        clustered(random, 48, COUNT).forEach(vector -> all.put("k" + all.live.size(), vector));
        float[] query = gaussian(random, 48);

        assertThat(all.nearest(query, COUNT, COUNT)).isEqualTo(all.exact(query, COUNT));
        assertThat(all.nearest(query, 30, COUNT)).isEqualTo(all.exact(query, 30));
    }

    /** Takes rows, as many as it is to have or all. */
    private static final class Sink implements ApproximateIndex.RowSink {
        final List<String> keys = new ArrayList<>();
        private final int enough;
        private final boolean stops;

        Sink(int enough, boolean stops) {
            this.enough = enough;
            this.stops = stops;
        }

        @Override
        public void accept(String key, double score) {
            keys.add(key);
        }

        @Override
        public boolean mightTake(double score) {
            return !stops || keys.size() < enough;
        }

        @Override
        public int enough() {
            return enough;
        }
    }

    private static HnswIndex.SearchCost search(HnswCase all, float[] query, Sink sink) {
        all.index.takeCost();
        all.index.nearest(query, 50, 60, sink);
        return all.index.takeCost();
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void onlyWhoGoesOnHasMoreMeasuredThanWereAskedFor(Metric metric) {
        List<float[]> vectors = clustered(new Random(59), 96, COUNT + 30);
        HnswCase all = floats(metric, 96);
        vectors.subList(0, COUNT).forEach(vector -> all.put("k" + all.live.size(), vector));
        long saved = 0;
        for (float[] query : vectors.subList(COUNT, COUNT + 30)) {
            Sink everything = new Sink(Integer.MAX_VALUE, false);
            Sink few = new Sink(5, true);
            Sink goesOn = new Sink(5, false);
            long full = search(all, query, everything).distances();

            saved += full - search(all, query, few).distances();
            assertThat(few.keys).isEqualTo(everything.keys.subList(0, 5));
            // At most the whole beam.
            assertThat(search(all, query, goesOn).distances()).isLessThanOrEqualTo(full + 60 - 50);
            assertThat(goesOn.keys).hasSize(50).isEqualTo(everything.keys);
        }
        assertThat(saved).as("distances of 30 searches, seed 59").isGreaterThan(30 * 10);
    }

    @Test
    void amongThoseThatPassFullPrecisionDecidesToo() {
        Random random = new Random(55);
        HnswCase all = floats(Metric.L2, 64);
        List<float[]> vectors = clustered(random, 64, COUNT + 30);
        for (int i = 0; i < COUNT; i++) {
            all.put((i % 4 == 0 ? "a" : "b") + i, vectors.get(i));
        }
        List<String> others =
                all.live.keySet().stream().filter(key -> key.startsWith("b")).toList();
        ApproximateIndex.Passing passing = all.index.among(others, true, null);
        int right = 0;
        for (float[] query : vectors.subList(COUNT, COUNT + 30)) {
            double bound = all.live.entrySet().stream()
                    .filter(row -> row.getKey().startsWith("a"))
                    .mapToDouble(row -> Distance.score(Metric.L2, query, row.getValue()))
                    .sorted()
                    .skip(9)
                    .findFirst()
                    .orElseThrow();
            List<Double> scores = new ArrayList<>();
            all.index.nearestPassing(query, 10, 100, passing, (key, score) -> {
                assertThat(key).startsWith("a");
                scores.add(score);
            });
            right += (int) scores.stream().filter(score -> score <= bound).count();
        }

        assertThat(right).as("of 300, seed 55").isGreaterThanOrEqualTo(285);
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void whatCodesTellIsRarelyWrongByMoreThanTwoSpreads(Metric metric) {
        int dimension = 96;
        List<float[]> vectors = clustered(new Random(56), dimension, 1_000);
        FloatSpace space = new FloatSpace(metric, dimension);
        int[] slots = new int[vectors.size()];
        for (int i = 0; i < vectors.size(); i++) {
            space.set(i, vectors.get(i));
            slots[i] = i;
        }
        space.guideBy(
                ScalarQuantizer.train(
                        metric,
                        dimension,
                        vectors.size(),
                        (i, vector) -> System.arraycopy(vectors.get(i), 0, vector, 0, dimension)),
                slots);
        CodeSpace guide = space.guide();
        assertThat(guide).isNotNull();
        CodeSpace.CodeProbe codes = guide.probe();
        Probe exact = space.probe();
        int wrong = 0;
        int close = 0;
        for (int query = 0; query < 50; query++) {
            space.aim(exact, vectors.get(query));
            codes.aim(vectors.get(query));
            float worst = exact.distance(500);
            int[] kept = slots.clone();
            int count = codes.promising(kept, kept.length, worst, 2);
            for (int slot : slots) {
                float distance = exact.distance(slot);
                wrong += distance < codes.least(slot, codes.distance(slot), 2) ? 1 : 0;
                close += distance <= worst ? 1 : 0;
            }
            for (int i = 0; i < count; i++) {
                close -= exact.distance(kept[i]) <= worst ? 1 : 0;
            }
        }

        assertThat(wrong).as("of 50,000, seed 56; 2.3 % of normal errors").isBetween(100, 1_700);
        assertThat(close).as("nearer ones passed over, seed 56").isLessThan(250);
    }

    /** Earlier versions kept a frame for vectors that have codes now. */
    @Test
    void anIndexThatHasAFrameLearnsCodesWhenItIsReadBack() {
        Random random = new Random(57);
        HnswCase all = floats(Metric.L2, 64);
        List<float[]> vectors = clustered(random, 64, COUNT + 1);
        for (int i = 0; i < COUNT; i++) {
            all.put("k" + i, vectors.get(i));
        }
        all.index.flush();
        byte[] namespace = Namespaces.indexVersion(3, 0);
        all.states.values().forEach(state -> state.remove(namespace, HnswStore.QUANTIZER));
        HnswStore.open(name -> all.states.get(name), namespace)
                .meta()
                .put(namespace, HnswStore.FRAME, HnswFormat.frame(new Frame(Metric.L2, new float[64])));
        all.restart();

        assertThat(guideOf(all).probe().limit()).isGreaterThanOrEqualTo(COUNT);
        List<List<HnswCase.Hit>> before = answers(all, vectors.subList(0, 40));
        all.put("k" + COUNT, vectors.get(COUNT));
        all.remove("k" + COUNT);
        all.restart();
        assertThat(answers(all, vectors.subList(0, 40))).isEqualTo(before);
        assertThat(all.recall(vectors.subList(0, 40), 10, 10, 80)).isGreaterThanOrEqualTo(0.95);
    }
}
