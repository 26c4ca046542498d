package io.millrace.benchmarks.measure;

import java.util.Arrays;
import java.util.List;

/** Arithmetic over a few numbers. */
public final class Statistics {
    private Statistics() {}

    /** Returns the middle value; of an even number the mean of the two middle ones. */
    public static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no value has no median");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the slope of the line through the points with the least squares of vertical distances. */
    public static double slope(double[] x, double[] y) {
        if (x.length != y.length || x.length < 2) {
            throw new IllegalArgumentException(
                    "a line needs as many x as y, at least 2, got " + x.length + " and " + y.length);
        }
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            products += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
        }
        if (squares == 0) {
            throw new IllegalArgumentException("all x are " + x[0] + ": there is no slope");
        }
        return products / squares;
    }
}
