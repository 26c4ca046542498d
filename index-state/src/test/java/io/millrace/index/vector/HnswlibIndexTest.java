package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.HeapKeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HnswlibIndexTest {
    private static final byte[] NAMESPACE = Namespaces.indexVersion(3, 1);
    private static final int DIMENSION = 24;
    private static final long SEED = 7;
    private static final double RECALL_MIN = 0.9;

    private final HeapKeyValueStore store = new HeapKeyValueStore();
    private final Random random = new Random(SEED);

    private static VectorIndexDefinition definition(Metric metric) {
        return new VectorIndexDefinition(
                3,
                "v",
                "c",
                "f",
                DIMENSION,
                metric,
                VectorEngine.HNSWLIB,
                Freshness.of(FreshnessMode.IMMEDIATE),
                16,
                100,
                100,
                VectorIndexDefinition.Quantization.NONE,
                VectorIndexDefinition.Rescore.MEMORY,
                List.of(),
                VectorIndexDefinition.DimensionPolicy.ERROR,
                4,
                null);
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static List<String> keys(HnswlibIndex index, float[] query, int k) {
        List<String> keys = new ArrayList<>();
        index.nearest(query, k, 100, (key, score) -> keys.add(key));
        return keys;
    }

    /** The seed is {@link #SEED}, the bound {@link #RECALL_MIN}; a third of the vectors was removed again. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void recallAt10IsAboveTheBound(Metric metric) {
        HnswlibIndex index = HnswlibIndex.create(definition(metric), store, NAMESPACE);
        FlatIndex exact = new FlatIndex(DIMENSION);
        for (int i = 0; i < 1_200; i++) {
            float[] vector = vector();
            index.put(Integer.toString(i), vector);
            exact.put(Integer.toString(i), vector);
        }
        for (int i = 0; i < 1_200; i += 3) {
            index.remove(Integer.toString(i));
            exact.remove(Integer.toString(i));
        }
        int found = 0;
        for (int q = 0; q < 50; q++) {
            float[] query = vector();
            TopK top = new TopK(10, metric.ascending(), KeyOrder.of(true));
            exact.scan(metric, query).run(Integer.MAX_VALUE, (key, score) -> top.offer(key, score, 0));
            List<String> keys = keys(index, query, 10);
            found += (int) top.bestFirst().stream()
                    .filter(hit -> keys.contains(hit.key()))
                    .count();
        }

        assertThat(index.size()).isEqualTo(800);
        assertThat(found / 500.0).as("recall@10, ef 100, seed " + SEED).isGreaterThanOrEqualTo(RECALL_MIN);
    }

    @Test
    void aRestoredIndexIsTheStoredOne() {
        HnswlibIndex index = HnswlibIndex.create(definition(Metric.L2), store, NAMESPACE);
        for (int i = 0; i < 300; i++) {
            index.put("k" + i, vector());
        }
        index.remove("k3");
        index.flush();
        HnswlibIndex restored = HnswlibIndex.restore(definition(Metric.L2), store, NAMESPACE);
        float[] query = vector();

        assertThat(restored.size()).isEqualTo(299);
        assertThat(keys(restored, query, 20)).isEqualTo(keys(index, query, 20));
        restored.put("k3", query);
        assertThat(keys(restored, query, 1)).containsExactly("k3");
    }

    /** The library has room for so many nodes, marked ones included, and throws where another is added. */
    @Test
    void replacedAndRemovedVectorsAreCountedAndNeverFillTheRoom() {
        HnswlibIndex index = HnswlibIndex.create(definition(Metric.L2), store, NAMESPACE);
        float[] same = vector();
        index.put("same", same);
        index.put("same", same.clone());
        for (int i = 0; i < 600; i++) {
            index.put("k" + i % 4, vector());
        }
        index.remove("k0");
        index.remove("k0");
        assertThat(index.size()).isEqualTo(4);
        assertThat(index.tombstones()).isEqualTo(597);
        index.flush();

        HnswlibIndex restored = HnswlibIndex.restore(definition(Metric.L2), store, NAMESPACE);
        assertThat(restored.tombstones()).isEqualTo(597);
        assertThat(restored.memoryBytes()).isEqualTo(index.memoryBytes());
        for (int i = 0; i < 600; i++) {
            restored.put("k" + i % 4, vector());
        }
        assertThat(restored.size()).isEqualTo(5);
        assertThat(restored.tombstones()).isEqualTo(597 + 599);
        assertThat(keys(restored, same, 1)).containsExactly("same");
    }

    @Test
    void anIndexThatWasStoredWithoutItsTombstonesHasRoomToo() {
        HnswlibIndex index = HnswlibIndex.create(definition(Metric.L2), store, NAMESPACE);
        for (int i = 0; i < 1_024; i++) {
            index.put("k" + i % 2, vector());
        }
        index.flush();
        store.remove(NAMESPACE, Bytes.ofLong(-1));

        HnswlibIndex restored = HnswlibIndex.restore(definition(Metric.L2), store, NAMESPACE);
        restored.put("more", vector());

        assertThat(restored.size()).isEqualTo(3);
        assertThat(restored.tombstones()).isZero();
    }

    @Test
    void nothingIsWrittenWhereNothingChanged() {
        HnswlibIndex index = HnswlibIndex.create(definition(Metric.L2), store, NAMESPACE);
        index.put("a", vector());
        index.flush();
        store.clear(NAMESPACE);
        index.remove("nobody");
        index.flush();

        assertThat(store.size()).isZero();
    }
}
