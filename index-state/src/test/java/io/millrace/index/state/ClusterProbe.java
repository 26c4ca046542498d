package io.millrace.index.state;

import io.millrace.index.shard.Fixture;
import io.millrace.index.vector.Distance;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.value.ValueType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Measures what the clusters of an index cost a vector that is written, in processor time of the shard's thread over
 * RocksDB: {@code java -Dprobe.clusters=16 … ClusterProbe hnsw|flat|hnswlib dimension rows rounds}. Run it with 0 clusters,
 * too.
 */
public final class ClusterProbe {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ClusterProbe() {}

    public static void main(String[] arguments) throws Exception {
        VectorEngine engine = VectorEngine.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT));
        int dimension = Integer.parseInt(arguments[1]);
        int rows = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        Fixture catalog = new Fixture(1);
        catalog.collection(Fixture.schema(
                "docs", null, new Field("id", ValueType.STRING), new Field("v", ValueType.VECTOR, dimension)));
        catalog.vectorIndex("docs_v", "docs", "v", dimension, Metric.COSINE, engine);
        Path folder = Files.createTempDirectory("cluster-probe");
        try (ShardOperator.Running running =
                ShardOperator.start(1, 1, 0, null, folder, catalog, catalog.catalog, "256mb", "8mb")) {
            double[] perRow = new double[rounds];
            long offset = 0;
            Random random = new Random(1);
            for (int round = 0; round < rounds; round++) {
                RoutedMutation[] mutations = new RoutedMutation[rows];
                for (int i = 0; i < rows; i++) {
                    mutations[i] = mutation(offset++, round % 2 * rows + i, dimension, random);
                }
                long start = THREADS.getCurrentThreadCpuTime();
                for (RoutedMutation mutation : mutations) {
                    running.process(mutation);
                }
                perRow[round] = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / rows;
                running.snapshot(round + 1);
            }
            System.out.printf(
                    "%s, %d dimensions, %s clusters, %s: µs a row by round %s%n",
                    engine,
                    dimension,
                    System.getProperty("probe.clusters", "16"),
                    Distance.description(),
                    Arrays.toString(Arrays.stream(perRow)
                            .map(x -> Math.round(x * 10) / 10.0)
                            .toArray()));
        }
    }

    private static RoutedMutation mutation(long offset, long key, int dimension, Random random) {
        double[] vector = random.doubles(dimension, -1, 1).toArray();
        vector[(int) (key % 16) % dimension] += 5;
        DocumentChange change = new DocumentChange(
                ChangeKind.UPSERT, "docs", "d" + key, null, false, EncodedFields.of(Map.of("v", vector)));
        return new RoutedMutation(
                0, new SourcePosition(0, 0, offset, 1_700_000_000_000L), false, change, new byte[0], new byte[0]);
    }
}
