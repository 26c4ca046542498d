package io.millrace.index.vector;

import com.github.jelmerk.hnswlib.core.DistanceFunctions;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.millrace.protocol.catalog.Metric;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/** Quick look: graph alone, on generated clusters. */
public final class HnswProbe {
    static float[][] data(int n, int dim, int latent, int clusters, long seed) {
        Random r = new Random(seed);
        float[][] basis = new float[latent][dim];
        for (float[] b : basis) for (int i = 0; i < dim; i++) b[i] = (float) r.nextGaussian();
        float[][] centers = new float[clusters][latent];
        for (float[] c : centers)
            for (int i = 0; i < latent; i++) c[i] = (float) (r.nextGaussian() * 1.5 / Math.sqrt(1 + i * 0.1));
        float[][] out = new float[n][dim];
        for (float[] v : out) {
            float[] c = centers[r.nextInt(clusters)];
            for (int l = 0; l < latent; l++) {
                float z = c[l] + (float) (r.nextGaussian() / Math.sqrt(1 + l * 0.1));
                for (int i = 0; i < dim; i++) v[i] += z * basis[l][i];
            }
            for (int i = 0; i < dim; i++) v[i] += 0.3f * (float) r.nextGaussian();
        }
        return out;
    }

    record It(Integer id, float[] vector) implements Item<Integer, float[]> {
        @Override
        public int dimensions() {
            return vector.length;
        }
    }

    static long cpu() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadCpuTime();
    }

    public static void main(String[] a) throws Exception {
        int n = Integer.parseInt(a[0]), dim = Integer.parseInt(a[1]);
        boolean peer = a.length > 2 && a[2].contains("p");
        boolean q8 = a.length > 2 && a[2].contains("q");
        Metric metric = Metric.L2;
        float[][] all = data(n + 1000, dim, Integer.getInteger("latent", 40), Integer.getInteger("clusters", 1000), 1);
        float[][] base = Arrays.copyOf(all, n), queries = Arrays.copyOfRange(all, n, n + 1000);
        int k = 10;
        FlatIndex flat = new FlatIndex(dim);
        int[][] truth = new int[queries.length][];
        double[] kth = new double[queries.length];
        for (int i = 0; i < n; i++) flat.put("" + i, base[i]);
        for (int i = 0; i < queries.length; i++) {
            double[] ds = new double[n];
            float[] q = queries[i];
            for (int j = 0; j < n; j++) {
                ds[j] = GraphKernels.KERNEL.squaredL2(q, 0, base[j], 0, dim);
            }
            double[] s = ds.clone();
            Arrays.sort(s);
            kth[i] = s[k - 1];
        }
        System.out.println(Distance.description());
        for (int round = 0; round < 2; round++) {
            int m = round == 0 ? Math.min(n, 6000) : n;
            FloatSpace space = new FloatSpace(metric, dim);
            HnswGraph graph = new HnswGraph(space, 16);
            HnswInsert insert = new HnswInsert(graph, 200);
            Random levels = new Random(7);
            long[] lat = new long[m];
            long t0 = cpu();
            for (int i = 0; i < m; i++) {
                long s = System.nanoTime();
                space.set(i, base[i]);
                insert.insert(i, Math.min(15, (int) (-Math.log(1 - levels.nextDouble()) / Math.log(16))));
                lat[i] = System.nanoTime() - s;
            }
            double build = (cpu() - t0) / 1e9;
            long[] tail = Arrays.copyOfRange(lat, m * 9 / 10, m);
            Arrays.sort(tail);
            int links = 0;
            for (int i = 0; i < m; i++) links += graph.links().size(i, 0);
            System.out.printf(
                    "ours n=%d build %.2f s, insert p50 %.0f p99 %.0f us, mean links %.1f, dirty/insert n/a%n",
                    m, build, tail[tail.length / 2] / 1e3, tail[tail.length * 99 / 100] / 1e3, links / (double) m);
            HnswSearch search = new HnswSearch(graph);
            Probe probe = space.probe();
            search.refresh(probe);
            for (int ef : new int[] {10, 20, 30, 40, 60, 80, 120, 160, 320}) {
                long[] best = new long[queries.length];
                Arrays.fill(best, Long.MAX_VALUE);
                double recall = 0;
                long dist = 0;
                for (int pass = 0; pass < (round == 0 ? 6 : 8); pass++) {
                    recall = 0;
                    search.scratch().distancesComputed = 0;
                    for (int i = 0; i < queries.length; i++) {
                        long s = System.nanoTime();
                        space.aim(probe, queries[i]);
                        search.nearest(probe, ef);
                        long e = System.nanoTime() - s;
                        if (e < best[i]) best[i] = e;
                        for (int j = 0; j < Math.min(k, search.scratch().beamSize); j++)
                            if (Candidates.distance(search.scratch().beam[j]) <= kth[i] * (1 + 1e-6)) recall++;
                    }
                    dist = search.scratch().distancesComputed;
                }
                if (round == 1)
                    System.out.printf(
                            "  ef %d recall %.4f qps %.0f dists %d%n",
                            ef,
                            recall / k / queries.length,
                            queries.length * 1e9 / Arrays.stream(best).sum(),
                            dist / queries.length);
            }
        }
        if (peer) {
            for (int round = 0; round < 2; round++) {
                int m = round == 0 ? Math.min(n, 6000) : n;
                HnswIndex<Integer, float[], It, Float> idx = HnswIndex.newBuilder(
                                dim, DistanceFunctions.FLOAT_EUCLIDEAN_DISTANCE, m)
                        .withM(16)
                        .withEfConstruction(200)
                        .withEf(10)
                        .build();
                long t0 = cpu();
                for (int i = 0; i < m; i++) idx.add(new It(i, base[i]));
                System.out.printf("hnswlib-core n=%d build %.2f s%n", m, (cpu() - t0) / 1e9);
                for (int ef : new int[] {10, 20, 30, 40, 60, 80, 120, 160, 320}) {
                    idx.setEf(ef);
                    long[] best = new long[queries.length];
                    Arrays.fill(best, Long.MAX_VALUE);
                    double recall = 0;
                    for (int pass = 0; pass < 4; pass++) {
                        recall = 0;
                        for (int i = 0; i < queries.length; i++) {
                            long s = System.nanoTime();
                            var found = idx.findNearest(queries[i], k);
                            long e = System.nanoTime() - s;
                            if (e < best[i]) best[i] = e;
                            for (var f : found)
                                if ((double) f.distance() * f.distance() <= kth[i] * (1 + 1e-5)) recall++;
                        }
                    }
                    if (round == 1)
                        System.out.printf(
                                "  ef %d recall %.4f qps %.0f%n",
                                ef,
                                recall / k / queries.length,
                                queries.length * 1e9 / Arrays.stream(best).sum());
                }
            }
        }
    }
}
