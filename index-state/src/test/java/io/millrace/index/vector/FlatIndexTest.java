package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.Shared;
import io.millrace.protocol.catalog.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlatIndexTest {
    private static List<TopK.Scored> search(FlatIndex index, Metric metric, float[] query, int k) {
        TopK top = new TopK(k, metric.ascending(), KeyOrder.of(true));
        FlatIndex.Scan scan = index.scan(metric, query);
        while (scan.run(100, (key, score) -> top.offer(key, score, 0))) {
            continue;
        }
        return top.bestFirst();
    }

    @Test
    void aRemovedVectorIsNotFoundAndItsSlotIsUsedAgain() {
        FlatIndex index = new FlatIndex(2);
        index.put("1", new float[] {1, 0});
        index.put("2", new float[] {2, 0});
        long memory = index.memoryBytes();
        index.remove("1");
        index.put("3", new float[] {3, 0});

        assertThat(search(index, Metric.L2, new float[2], 9))
                .extracting(TopK.Scored::key)
                .containsExactly("2", "3");
        assertThat(index.memoryBytes()).isEqualTo(memory);
    }

    @Test
    void aSlicedScanSeesEveryVectorThatStaysOnceThoughSlotsAreUsedAgain() {
        FlatIndex index = new FlatIndex(1);
        for (int i = 0; i < 100; i++) {
            index.put(Integer.toString(i), new float[] {i});
        }
        Map<String, Integer> seen = new HashMap<>();
        FlatIndex.Scan scan = index.scan(Metric.L2, new float[1]);
        scan.run(50, (key, score) -> seen.merge(key, 1, Integer::sum));
        index.remove("10");
        index.remove("90");
        index.put("10", new float[] {10});
        while (scan.run(7, (key, score) -> seen.merge(key, 1, Integer::sum))) {
            continue;
        }

        assertThat(seen.values()).allMatch(times -> times == 1);
        assertThat(seen).hasSize(99).doesNotContainKey("90");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void randomChangesLeaveWhatAMapWouldHave(long seed) {
        Random random = new Random(seed);
        FlatIndex index = new FlatIndex(3);
        Map<String, float[]> oracle = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            String key = Integer.toString(random.nextInt(300));
            if (random.nextInt(3) == 0) {
                index.remove(key);
                oracle.remove(key);
            } else {
                float[] vector = {random.nextFloat(), random.nextInt(3), -random.nextFloat()};
                index.put(key, vector);
                oracle.put(key, vector);
            }
        }
        float[] query = {0.5f, 1, 0};
        TopK expected = new TopK(40, false, KeyOrder.of(true));
        oracle.forEach((key, vector) -> expected.offer(key, Distance.score(Metric.COSINE, query, vector), 0));

        assertThat(index.size()).isEqualTo(oracle.size());
        assertThat(search(index, Metric.COSINE, query, 40)).isEqualTo(expected.bestFirst());
    }

    /** 10,000 vectors of 128 dimensions, 100 queries, the exact top 100 of each. */
    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE"})
    void answersOnBigannAreTheExactOnes(Metric metric) throws IOException {
        float[][] base = u8bin("base.u8bin");
        float[][] queries = u8bin("query.u8bin");
        float[][] expected = fvecs(metric == Metric.L2 ? "gt_l2sq.fvecs" : "gt_cos.fvecs");
        FlatIndex index = new FlatIndex(128);
        for (int i = 0; i < base.length; i++) {
            index.put(Integer.toString(i), base[i]);
        }
        for (int q = 0; q < queries.length; q++) {
            List<TopK.Scored> found = search(index, metric, queries[q], 100);
            for (int rank = 0; rank < 100; rank++) {
                double score = found.get(rank).score();
                if (metric == Metric.L2) {
                    assertThat(Math.rint(score * score)).isEqualTo(expected[q][rank]);
                } else {
                    assertThat(score).isCloseTo(expected[q][rank], org.assertj.core.data.Offset.offset(1e-6));
                }
            }
        }
    }

    private static float[][] u8bin(String name) throws IOException {
        ByteBuffer bytes = read(name);
        float[][] vectors = new float[bytes.getInt()][bytes.getInt()];
        for (float[] vector : vectors) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = bytes.get() & 0xff;
            }
        }
        return vectors;
    }

    private static float[][] fvecs(String name) throws IOException {
        ByteBuffer bytes = read(name);
        int dimension = bytes.getInt(0);
        float[][] vectors = new float[bytes.remaining() / (4 + 4 * dimension)][dimension];
        for (float[] vector : vectors) {
            bytes.getInt();
            for (int i = 0; i < dimension; i++) {
                vector[i] = bytes.getFloat();
            }
        }
        return vectors;
    }

    private static ByteBuffer read(String name) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(Shared.file("vec_bigann10k/" + name)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
