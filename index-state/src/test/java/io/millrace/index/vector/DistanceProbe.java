package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * What an exact search over a {@link FlatIndex} costs a vector, against reading the same floats in order; started by hand,
 * with and without {@link Distance#MODULE_FLAG}:
 *
 * <pre>java -Xmx2g -cp ... io.millrace.index.vector.DistanceProbe [vectors] [dimension]</pre>
 *
 * <p>Prints the best of the rounds, in the thread's own processor time.
 */
public final class DistanceProbe {
    private static final int ROUNDS = 60;

    private DistanceProbe() {}

    public static void main(String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
        int dimension = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 128;
        Random random = new Random(1);
        FlatIndex index = new FlatIndex(dimension);
        float[][] blocks = new float[count / 1000][1000 * dimension];
        for (int i = 0; i < count; i++) {
            float[] vector = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                vector[j] = (float) random.nextGaussian();
                blocks[i / 1000][i % 1000 * dimension + j] = vector[j];
            }
            index.put("key-" + i, vector);
        }
        float[] query = new float[dimension];
        Arrays.fill(query, 0.5f);
        System.out.println(Distance.description());
        report("read the floats", count, () -> read(blocks));
        for (Metric metric : Metric.values()) {
            report("search " + metric, count, () -> search(index, metric, query));
        }
    }

    private interface Work {
        double run();
    }

    private static void report(String name, int count, Work work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        double best = Double.MAX_VALUE;
        double sum = 0;
        long allocated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long start = threads.getCurrentThreadCpuTime();
            sum += work.run();
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
            allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
        }
        System.out.printf(
                "%-18s %6.1f ns a vector, %5.2f bytes allocated a vector (%s)%n",
                name, best / count, (double) allocated / count, sum == 0 ? "zero" : "sum");
    }

    /** Sixteen sums side by side, so that memory is what counts. */
    private static double read(float[][] blocks) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (float[] block : blocks) {
            for (int i = 0; i + 16 <= block.length; i += 16) {
                // One component of every cache line.
                a += block[i];
                b += block[i + 4];
                c += block[i + 8];
                d += block[i + 12];
            }
        }
        return a + b + c + d;
    }

    private static double search(FlatIndex index, Metric metric, float[] query) {
        TopK best = new TopK(10, metric.ascending(), KeyOrder.of(false));
        FlatIndex.Scan scan = index.scan(metric, query);
        while (scan.run(256, (key, score) -> {
            if (best.mightKeep(score)) {
                best.offer(key, score, 0);
            }
        })) {
            continue;
        }
        return best.size();
    }
}
