package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ResultTable;
import io.millrace.protocol.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How good the clusters of a whole job are: those of several shards, kept as rows come, and merged when asked for. */
class ClusterQualityTest {
    private static final int ROWS = 6_000;
    private static final int GROUPS = 16;

    /** What several levels and one look at every row may cost. */
    private static final double FACTOR = 1.12;

    private static OneThreadJob job(int shards, int clusters, int dimension, String metric) {
        OneThreadJob job = new OneThreadJob(shards, clusters);
        job.run("CREATE COLLECTION docs (id STRING PRIMARY KEY, v VECTOR(" + dimension + "))");
        job.run("CREATE VECTOR INDEX docs_v ON docs(v) USING flat WITH (metric = '" + metric + "')");
        return job;
    }

    private static double[] wide(float[] vector) {
        double[] wide = new double[vector.length];
        Arrays.setAll(wide, i -> vector[i]);
        return wide;
    }

    /** Groups around random directions of length 10, in which a component deviates by 1. */
    private static float[][] groups(long seed, int dimension, boolean sorted, int[] groupOf) {
        Random random = new Random(seed);
        double[][] centers = new double[GROUPS][dimension];
        for (double[] center : centers) {
            Arrays.setAll(center, i -> random.nextGaussian());
            double length = Math.sqrt(Arrays.stream(center).map(x -> x * x).sum());
            Arrays.setAll(center, i -> center[i] / length * 10);
        }
        float[][] vectors = new float[ROWS][dimension];
        for (int i = 0; i < ROWS; i++) {
            groupOf[i] = sorted ? i * GROUPS / ROWS : random.nextInt(GROUPS);
            for (int d = 0; d < dimension; d++) {
                vectors[i][d] = (float) (centers[groupOf[i]][d] + random.nextGaussian());
            }
        }
        return vectors;
    }

    /** The share of rows that are of the group that is the most frequent of their cluster. */
    @ParameterizedTest(name = "seed {0}, {1} shards, {2}, sorted {3}")
    @CsvSource({
        "101, 1, l2, false",
        "102, 4, l2, false",
        "103, 4, l2, true",
        "104, 4, cosine, false",
        "105, 4, cosine, true",
        "106, 7, l2, false",
        "107, 7, ip, true",
        "108, 4, l2, false",
        "109, 4, l2, true",
        "110, 3, cosine, false"
    })
    void groupsThatStandApartAreClusters(long seed, int shards, String metric, boolean sorted) {
        int dimension = 32;
        int[] groupOf = new int[ROWS];
        float[][] vectors = groups(seed, dimension, sorted, groupOf);
        OneThreadJob job = job(shards, GROUPS, dimension, metric);
        for (int i = 0; i < ROWS; i++) {
            job.upsert("docs", "d" + i, Map.of("v", wide(vectors[i])));
        }
        ResultTable table = job.read("{'type': 'cluster_info'}");

        assertThat(table.rows()).hasSize(ROWS);
        Map<Long, int[]> counts = new HashMap<>();
        for (Object[] row : table.rows()) {
            int number = Integer.parseInt(((String) row[0]).substring(1));
            counts.computeIfAbsent((Long) row[1], cluster -> new int[GROUPS])[groupOf[number]]++;
        }
        int pure = counts.values().stream()
                .mapToInt(each -> Arrays.stream(each).max().orElse(0))
                .sum();
        assertThat((double) pure / ROWS).as("purity with seed %d", seed).isGreaterThanOrEqualTo(0.95);
        for (Object[] row : table.rows()) {
            int size = Arrays.stream(counts.get((Long) row[1])).sum();
            assertThat(row[3]).as("size of cluster %s", row[1]).isEqualTo((long) size);
        }
    }

    /** Real vectors do not stand apart: the sum of squares is held against that of plain k-means over all rows. */
    @Test
    void sumOfSquaresIsNearThatOfPlainKMeans() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(SharedData.path("vec_bigann10k/base.u8bin")))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[][] vectors = new float[in.getInt()][in.getInt()];
        for (float[] vector : vectors) {
            for (int d = 0; d < vector.length; d++) {
                vector[d] = in.get() & 0xff;
            }
        }
        double plain = Lloyd.best(vectors, GROUPS, 2, new Random(111));
        for (int shards : new int[] {1, 4, 8}) {
            OneThreadJob job = job(shards, GROUPS, vectors[0].length, "l2");
            for (int i = 0; i < vectors.length; i++) {
                job.upsert("docs", "d" + i, Map.of("v", wide(vectors[i])));
            }
            int[] clusterOf = new int[vectors.length];
            double reported = 0;
            for (Object[] row : job.read("{'type': 'cluster_info'}").rows()) {
                clusterOf[Integer.parseInt(((String) row[0]).substring(1))] = ((Long) row[1]).intValue();
                reported += (Double) row[2] * (Double) row[2];
            }
            double ours = Lloyd.sumOfSquares(vectors, clusterOf, GROUPS);

            assertThat(ours / plain)
                    .as("sum of squares over %d shards, of that of plain k-means with seed 111", shards)
                    .isBetween(0.97, FACTOR);
            assertThat(reported / ours)
                    .as("to the centroids that were reported")
                    .isBetween(0.999, 1.02);
        }
    }

    @Test
    void equalRowsGiveEqualAnswersAlsoWhenAskedAgain() {
        int[] groupOf = new int[ROWS];
        float[][] vectors = groups(112, 16, false, groupOf);
        OneThreadJob job = job(4, GROUPS, 16, "cosine");
        for (int i = 0; i < ROWS; i++) {
            job.upsert("docs", "d" + i, Map.of("v", wide(vectors[i])));
        }
        List<String> first = text(job.read("{'type': 'cluster_info'}"));

        assertThat(text(job.read("{'type': 'cluster_info'}"))).isEqualTo(first);
    }

    private static List<String> text(ResultTable table) {
        return table.rows().stream().map(Arrays::toString).toList();
    }
}
