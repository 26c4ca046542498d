package io.millrace.planner.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Merges weighted points to a few clusters with a small sum of weighted squared Euclidean distances: greedy k-means++
 * seeding and Lloyd's iterations, from as many seedings as fit into a bound of work, of which the best counts.
 *
 * <p>Deterministic: the points are brought into an order of their own first, and the random numbers come from the seed.
 *
 * @see <a href="https://dl.acm.org/doi/10.5555/1283383.1283494">Arthur and Vassilvitskii, k-means++, SODA 2007</a>
 */
public final class WeightedKMeans {
    /** Multiplications in all, at about one a nanosecond: a coordinator's thread has other requests. */
    private static final long WORK_MAX = 60_000_000;

    private static final int SEEDINGS_MAX = 8;
    private static final int ITERATIONS_MAX = 30;

    /** Seeds that are tried for each cluster, of which the best is taken. */
    private static final int CANDIDATES = 4;

    private final Point[] points;
    private final int clusters;
    private final int dimension;
    private final SplittableRandom random;
    private long work;

    /**
     * A point.
     *
     * @param weight at least 1
     */
    public record Point(float[] vector, long weight) {}

    /**
     * The clusters, the largest first, and of equal ones the one whose centroid is less.
     *
     * @param clusterOf by place of the point
     * @param sizes sums of weights
     */
    public record Clusters(int[] clusterOf, List<float[]> centroids, List<Long> sizes) {
        public Clusters {
            centroids = List.copyOf(centroids);
            sizes = List.copyOf(sizes);
        }
    }

    private WeightedKMeans(Point[] points, int clusters, long seed) {
        this.points = points;
        this.clusters = clusters;
        dimension = points[0].vector().length;
        random = new SplittableRandom(seed);
    }

    /**
     * Returns at most {@code clusters} clusters of points of one dimension, at least one; fewer where fewer points differ.
     *
     * @throws IllegalArgumentException if there is no point or no cluster
     */
    public static Clusters of(List<Point> points, int clusters, long seed) {
        if (points.isEmpty() || clusters < 1) {
            throw new IllegalArgumentException(points.size() + " points, " + clusters + " clusters");
        }
        Integer[] order = new Integer[points.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator.comparing((Integer i) -> points.get(i).vector(), Arrays::compare)
                        .thenComparing(i -> points.get(i).weight()));
        Point[] sorted = Arrays.stream(order).map(points::get).toArray(Point[]::new);
        Attempt best = new WeightedKMeans(sorted, clusters, seed).best();
        int[] clusterOf = new int[sorted.length];
        int[] numbers = best.numbers();
        for (int i = 0; i < sorted.length; i++) {
            clusterOf[order[i]] = numbers[best.clusterOf[i]];
        }
        return best.result(clusterOf, numbers);
    }

    private Attempt best() {
        Attempt best = new Attempt();
        best.run();
        for (int i = 1; i < SEEDINGS_MAX && work + work / i <= WORK_MAX; i++) {
            Attempt other = new Attempt();
            other.run();
            if (other.cost < best.cost) {
                best = other;
            }
        }
        return best;
    }

    private double squared(float[] a, double[] b) {
        work += dimension;
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < dimension; i += 2) {
            double x = a[i] - b[i];
            double y = a[i + 1] - b[i + 1];
            even += x * x;
            odd += y * y;
        }
        if (i < dimension) {
            double x = a[i] - b[i];
            even += x * x;
        }
        return even + odd;
    }

    /** One seeding and what became of it. */
    private final class Attempt {
        private final List<double[]> centroids = new ArrayList<>();
        private final int[] clusterOf = new int[points.length];
        private final double[] nearest = new double[points.length];
        private double cost;

        void run() {
            seed();
            for (int i = 0; i < ITERATIONS_MAX; i++) {
                move();
                if (!assign() || work > WORK_MAX) {
                    return;
                }
            }
        }

        private void seed() {
            Arrays.fill(nearest, Double.POSITIVE_INFINITY);
            add(pickByWeight());
            while (centroids.size() < clusters && cost > 0) {
                int best = -1;
                double least = Double.POSITIVE_INFINITY;
                for (int i = 0; i < CANDIDATES; i++) {
                    int candidate = pickByCost();
                    double with = costWith(candidate);
                    if (with < least) {
                        least = with;
                        best = candidate;
                    }
                }
                add(best);
            }
        }

        private int pickByWeight() {
            double sum = 0;
            for (Point point : points) {
                sum += point.weight();
            }
            double left = random.nextDouble() * sum;
            int picked = 0;
            for (int i = 0; i < points.length && left >= 0; i++) {
                left -= points[i].weight();
                picked = i;
            }
            return picked;
        }

        private int pickByCost() {
            double left = random.nextDouble() * cost;
            int picked = -1;
            for (int i = 0; i < points.length && (left >= 0 || picked < 0); i++) {
                if (nearest[i] > 0) {
                    left -= nearest[i] * points[i].weight();
                    picked = i;
                }
            }
            return picked;
        }

        private double costWith(int candidate) {
            double[] centroid = widen(points[candidate].vector());
            double sum = 0;
            for (int i = 0; i < points.length; i++) {
                sum += Math.min(nearest[i], squared(points[i].vector(), centroid)) * points[i].weight();
            }
            return sum;
        }

        private void add(int point) {
            double[] centroid = widen(points[point].vector());
            int number = centroids.size();
            centroids.add(centroid);
            cost = 0;
            for (int i = 0; i < points.length; i++) {
                double distance = squared(points[i].vector(), centroid);
                if (distance < nearest[i]) {
                    nearest[i] = distance;
                    clusterOf[i] = number;
                }
                cost += nearest[i] * points[i].weight();
            }
        }

        /** Moves the centroids to the means; one without points stays where it is. */
        private void move() {
            long[] weights = new long[centroids.size()];
            double[][] sums = new double[centroids.size()][dimension];
            for (int i = 0; i < points.length; i++) {
                long weight = points[i].weight();
                weights[clusterOf[i]] += weight;
                double[] sum = sums[clusterOf[i]];
                float[] vector = points[i].vector();
                for (int d = 0; d < dimension; d++) {
                    sum[d] += (double) vector[d] * weight;
                }
            }
            for (int c = 0; c < sums.length; c++) {
                if (weights[c] > 0) {
                    for (int d = 0; d < dimension; d++) {
                        sums[c][d] /= weights[c];
                    }
                    centroids.set(c, sums[c]);
                }
            }
        }

        /** Takes every point to the nearest centroid and returns whether any went to another. */
        private boolean assign() {
            boolean changed = false;
            cost = 0;
            for (int i = 0; i < points.length; i++) {
                int before = clusterOf[i];
                nearest[i] = Double.POSITIVE_INFINITY;
                for (int c = 0; c < centroids.size(); c++) {
                    double distance = squared(points[i].vector(), centroids.get(c));
                    if (distance < nearest[i]) {
                        nearest[i] = distance;
                        clusterOf[i] = c;
                    }
                }
                cost += nearest[i] * points[i].weight();
                changed |= before != clusterOf[i];
            }
            return changed;
        }

        private long[] sizes() {
            long[] sizes = new long[centroids.size()];
            for (int i = 0; i < points.length; i++) {
                sizes[clusterOf[i]] += points[i].weight();
            }
            return sizes;
        }

        /** Returns by cluster its place in the order of the result; those without points are last. */
        int[] numbers() {
            long[] sizes = sizes();
            Integer[] order = new Integer[sizes.length];
            Arrays.setAll(order, i -> i);
            Arrays.sort(
                    order,
                    Comparator.comparingLong((Integer c) -> -sizes[c])
                            .thenComparing(c -> centroids.get(c), Arrays::compare));
            int[] numbers = new int[sizes.length];
            for (int i = 0; i < order.length; i++) {
                numbers[order[i]] = i;
            }
            return numbers;
        }

        Clusters result(int[] numbered, int[] numbers) {
            // The means of the points as they are in the end.
            move();
            long[] sizes = sizes();
            int full = (int) Arrays.stream(sizes).filter(size -> size > 0).count();
            float[][] inOrder = new float[full][];
            Long[] sizesInOrder = new Long[full];
            for (int c = 0; c < sizes.length; c++) {
                if (sizes[c] > 0) {
                    inOrder[numbers[c]] = narrow(centroids.get(c));
                    sizesInOrder[numbers[c]] = sizes[c];
                }
            }
            return new Clusters(numbered, Arrays.asList(inOrder), Arrays.asList(sizesInOrder));
        }
    }

    private static double[] widen(float[] vector) {
        double[] wide = new double[vector.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = vector[i];
        }
        return wide;
    }

    private static float[] narrow(double[] vector) {
        float[] narrow = new float[vector.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) vector[i];
        }
        return narrow;
    }
}
