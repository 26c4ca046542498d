package io.millrace.index.vector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the best k scored keys; equal scores are ordered by key. */
public final class TopK {
    /** @param shard where the row is */
    public record Scored(String key, double score, int shard) {}

    private final int k;
    private final boolean ascending;
    private final Comparator<Scored> bestFirst;
    private final PriorityQueue<Scored> worstFirst;

    /** @param ascending whether a smaller score is better */
    public TopK(int k, boolean ascending, Comparator<String> keyOrder) {
        this.k = k;
        this.ascending = ascending;
        bestFirst = (a, b) -> {
            int byScore = ascending ? Double.compare(a.score, b.score) : Double.compare(b.score, a.score);
            return byScore != 0 ? byScore : keyOrder.compare(a.key, b.key);
        };
        worstFirst = new PriorityQueue<>((a, b) -> bestFirst.compare(b, a));
    }

    /** Returns whether a key with this score might be kept; cheap, and before the key is known. */
    public boolean mightKeep(double score) {
        if (worstFirst.size() < k) {
            return true;
        }
        double worst = worst();
        return ascending ? score <= worst : score >= worst;
    }

    private double worst() {
        Scored worst = worstFirst.peek();
        if (worst == null) {
            return ascending ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return worst.score();
    }

    public void offer(String key, double score, int shard) {
        // -0.0 and 0.0 are one score.
        worstFirst.add(new Scored(key, score + 0.0, shard));
        if (worstFirst.size() > k) {
            worstFirst.poll();
        }
    }

    /** Forgets what was offered of one shard. */
    public void removeShard(int shard) {
        worstFirst.removeIf(scored -> scored.shard() == shard);
    }

    public int size() {
        return worstFirst.size();
    }

    /** Returns what was kept, best first. */
    public List<Scored> bestFirst() {
        List<Scored> sorted = new ArrayList<>(worstFirst);
        sorted.sort(bestFirst);
        return sorted;
    }
}
