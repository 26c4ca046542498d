package io.millrace.planner.fusion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How ranked lists become one.
 *
 * @param rankConstant of {@link Method#RRF}
 * @param window candidates that each list gives
 * @param averageWeight of {@link Method#WEIGHTED}, as are the next two
 */
public record Fusion(
        Method method, int rankConstant, int window, double averageWeight, double maximumWeight, double hitWeight) {
    public static final int RANK_CONSTANT = 60;
    public static final double AVERAGE_WEIGHT = 0.6;
    public static final double MAXIMUM_WEIGHT = 0.3;
    public static final double HIT_WEIGHT = 0.1;
    /** How far from 1 the sum of the three weights may be. */
    public static final double TOLERANCE = 0.001;

    /** The order is part of the binary form: append only. */
    public enum Method {
        /** Reciprocal rank fusion: the sum of weight / (rank constant + rank), where rank counts from 1. */
        RRF,
        /** The mean of the scores in the lists that have the row. */
        AVERAGE,
        /** The best score. */
        MAXIMUM,
        /** A weighted sum of the mean, the best score, and the share of the lists that have the row. */
        WEIGHTED,
        /** The weighted sum of scores that each list scales to 0..1; to 1 where all are equal. */
        RELATIVE_SCORE;

        /** Returns how users write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns whether a list may count for more than another. */
        public boolean hasListWeights() {
            return this == RRF || this == RELATIVE_SCORE;
        }

        public static List<String> texts() {
            return Arrays.stream(values()).map(Method::text).toList();
        }
    }

    /** Returns reciprocal rank fusion over all that the lists have. */
    public static Fusion rrf(int rankConstant) {
        return new Fusion(Method.RRF, rankConstant, Integer.MAX_VALUE, AVERAGE_WEIGHT, MAXIMUM_WEIGHT, HIT_WEIGHT);
    }
}
