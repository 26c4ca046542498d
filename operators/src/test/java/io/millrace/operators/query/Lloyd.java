package io.millrace.operators.query;

import java.util.Arrays;
import java.util.Random;

/** Plain k-means over all vectors at once: k-means++ seeding, then Lloyd's iterations, the best of some runs. */
final class Lloyd {
    private static final int ITERATIONS = 25;

    private Lloyd() {}

    static double best(float[][] vectors, int clusters, int runs, Random random) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < runs; i++) {
            best = Math.min(best, run(vectors, clusters, random));
        }
        return best;
    }

    private static double run(float[][] vectors, int clusters, Random random) {
        double[][] centroids = seed(vectors, clusters, random);
        int[] clusterOf = new int[vectors.length];
        for (int i = 0; i < ITERATIONS; i++) {
            assign(vectors, centroids, clusterOf);
            centroids = means(vectors, clusterOf, clusters);
        }
        return sumOfSquares(vectors, clusterOf, clusters);
    }

    private static double[][] seed(float[][] vectors, int clusters, Random random) {
        double[][] centroids = new double[clusters][];
        double[] nearest = new double[vectors.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int next = random.nextInt(vectors.length);
        for (int c = 0; c < clusters; c++) {
            float[] picked = vectors[next];
            centroids[c] = new double[picked.length];
            Arrays.setAll(centroids[c], d -> picked[d]);
            double sum = 0;
            for (int i = 0; i < vectors.length; i++) {
                nearest[i] = Math.min(nearest[i], squared(vectors[i], centroids[c]));
                sum += nearest[i];
            }
            double left = random.nextDouble() * sum;
            for (next = 0; next < vectors.length - 1 && left > nearest[next]; next++) {
                left -= nearest[next];
            }
        }
        return centroids;
    }

    private static void assign(float[][] vectors, double[][] centroids, int[] clusterOf) {
        for (int i = 0; i < vectors.length; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int c = 0; c < centroids.length; c++) {
                double distance = squared(vectors[i], centroids[c]);
                if (distance < least) {
                    least = distance;
                    clusterOf[i] = c;
                }
            }
        }
    }

    private static double[][] means(float[][] vectors, int[] clusterOf, int clusters) {
        double[][] means = new double[clusters][vectors[0].length];
        int[] sizes = new int[clusters];
        for (int i = 0; i < vectors.length; i++) {
            sizes[clusterOf[i]]++;
            for (int d = 0; d < vectors[i].length; d++) {
                means[clusterOf[i]][d] += vectors[i][d];
            }
        }
        for (int c = 0; c < clusters; c++) {
            int size = Math.max(1, sizes[c]);
            double[] mean = means[c];
            Arrays.setAll(mean, d -> mean[d] / size);
        }
        return means;
    }

    /** Returns the sum of squared distances of vectors to the means of their clusters. */
    static double sumOfSquares(float[][] vectors, int[] clusterOf, int clusters) {
        double[][] means = means(vectors, clusterOf, clusters);
        double sum = 0;
        for (int i = 0; i < vectors.length; i++) {
            sum += squared(vectors[i], means[clusterOf[i]]);
        }
        return sum;
    }

    private static double squared(float[] a, double[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return sum;
    }
}
