package io.millrace.planner.fusion;

import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Fuses lists: the best first, ties by id. An id that a list has twice counts once, at its best rank. */
public final class ListFuser {
    private static final Comparator<Fused> ORDER =
            Comparator.comparingDouble(Fused::score).reversed().thenComparing(Fused::id, ValueOrder.ASCENDING);

    private final Fusion fusion;

    public ListFuser(Fusion fusion) {
        this.fusion = fusion;
    }

    /** A row of the result. */
    public record Fused(Object id, double score) {}

    /** What the lists say of one row, in their order. */
    private static final class Tally {
        private double sum;
        private double best = Double.NEGATIVE_INFINITY;
        private int hits;

        void add(double part) {
            sum += part;
            best = Math.max(best, part);
            hits++;
        }
    }

    /** Returns every row of any list. */
    public List<Fused> fuse(List<RankedList> lists) {
        TreeMap<Object, Tally> tallies = new TreeMap<>(ValueOrder.ASCENDING);
        for (RankedList list : lists) {
            parts(list)
                    .forEach((id, part) ->
                            tallies.computeIfAbsent(id, key -> new Tally()).add(part));
        }
        List<Fused> fused = new ArrayList<>(tallies.size());
        tallies.forEach((id, tally) -> fused.add(new Fused(id, score(tally, lists.size()))));
        fused.sort(ORDER);
        return fused;
    }

    private double score(Tally tally, int lists) {
        return switch (fusion.method()) {
            case RRF, RELATIVE_SCORE -> tally.sum;
            case AVERAGE -> tally.sum / tally.hits;
            case MAXIMUM -> tally.best;
            case WEIGHTED ->
                fusion.averageWeight() * (tally.sum / tally.hits)
                        + fusion.maximumWeight() * tally.best
                        + fusion.hitWeight() * ((double) tally.hits / lists);
        };
    }

    /** Returns what a list gives to each of its rows. */
    private Map<Object, Double> parts(RankedList list) {
        TreeMap<Object, Double> parts = new TreeMap<>(ValueOrder.ASCENDING);
        int rank = 0;
        for (RankedList.Entry entry : list.entries()) {
            if (rank == fusion.window()) {
                break;
            }
            rank++;
            double part = fusion.method() == Fusion.Method.RRF
                    ? list.weight() / ((double) fusion.rankConstant() + rank)
                    : similarity(list, entry.score());
            parts.putIfAbsent(entry.id(), part);
        }
        if (fusion.method() == Fusion.Method.RELATIVE_SCORE) {
            scale(parts, list.weight());
        }
        return parts;
    }

    private static double similarity(RankedList list, double score) {
        return list.distance() ? 1 / (1 + score) : score;
    }

    private static void scale(Map<Object, Double> parts, double weight) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double part : parts.values()) {
            least = Math.min(least, part);
            most = Math.max(most, part);
        }
        double from = least;
        double length = most - least;
        parts.replaceAll((id, part) -> weight * (length > 0 ? (part - from) / length : 1));
    }
}
