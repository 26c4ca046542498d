package io.millrace.benchmarks.data;

import io.millrace.index.vector.Distance;
import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The exact answers: an id counts as right among k if it scores no worse than the k-th of the exact answer, so that any
 * member of a tie is right.
 */
public final class Truth {
    private final Metric metric;
    private final float[][] base;
    private final float[][] queries;
    private final int[][] nearest;

    /** @param nearest ids by query, nearest first */
    public Truth(Metric metric, float[][] base, float[][] queries, int[][] nearest) {
        if (nearest.length < queries.length) {
            throw new IllegalArgumentException(
                    "there are answers to " + nearest.length + " of " + queries.length + " queries");
        }
        this.metric = metric;
        this.base = base;
        this.queries = queries;
        this.nearest = nearest;
    }

    /** Computes the nearest {@code k} of every query by scoring all vectors. */
    public static Truth compute(Metric metric, float[][] base, float[][] queries, int k) {
        int[][] nearest = new int[queries.length][];
        Arrays.parallelSetAll(nearest, query -> nearest(metric, base, queries[query], Math.min(k, base.length)));
        return new Truth(metric, base, queries, nearest);
    }

    private record Scored(int id, double loss) {}

    private static int[] nearest(Metric metric, float[][] base, float[] query, int k) {
        PriorityQueue<Scored> best = new PriorityQueue<>(Comparator.comparingDouble(Scored::loss)
                .thenComparing(Scored::id)
                .reversed());
        for (int id = 0; id < base.length; id++) {
            double loss = loss(metric, query, base[id]);
            Scored worst = best.peek();
            if (best.size() < k || worst == null || loss < worst.loss) {
                best.add(new Scored(id, loss));
                if (best.size() > k) {
                    best.remove();
                }
            }
        }
        int[] ids = new int[best.size()];
        for (int i = ids.length - 1; i >= 0; i--) {
            ids[i] = best.remove().id;
        }
        return ids;
    }

    private static double loss(Metric metric, float[] query, float[] vector) {
        double score = Distance.score(metric, query, vector);
        return metric.ascending() ? score : -score;
    }

    public int[][] ids() {
        return nearest;
    }

    /** Returns how many of the first {@code count} ids found are right among the first {@code k}. */
    public int right(int query, int[] found, int count, int k) {
        int[] exact = nearest[query];
        if (exact.length < k) {
            throw new IllegalArgumentException("query " + query + " has " + exact.length + " exact answers, not " + k);
        }
        double bound = loss(metric, queries[query], base[exact[k - 1]]);
        int right = 0;
        for (int i = 0; i < Math.min(count, k); i++) {
            right += loss(metric, queries[query], base[found[i]]) <= bound ? 1 : 0;
        }
        return right;
    }
}
