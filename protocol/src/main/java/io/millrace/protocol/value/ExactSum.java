package io.millrace.protocol.value;

import java.util.Arrays;

/**
 * The sum of doubles without rounding on the way, so that it depends on no order: of rows, of shards, or of partial sums.
 * It is kept as doubles that do not overlap, which together are the sum (Shewchuk, "Adaptive Precision Floating-Point
 * Arithmetic and Fast Robust Geometric Predicates", 1997), and is rounded once at the end as Python's
 * {@code math.fsum} does it. A sum beyond the range of a double is infinite.
 */
public final class ExactSum {
    private double[] parts = new double[4];
    private int count;
    /** What was added beyond finite numbers: infinite or NaN; 0 for nothing. */
    private double special;

    /** Adds a number in about the time of two additions a part; there are seldom more than three parts. */
    public void add(double number) {
        if (!Double.isFinite(number)) {
            special += number;
            return;
        }
        double x = number;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            double y = parts[i];
            if (Math.abs(x) < Math.abs(y)) {
                double swap = x;
                x = y;
                y = swap;
            }
            double high = x + y;
            double low = y - (high - x);
            if (low != 0) {
                parts[kept++] = low;
            }
            x = high;
        }
        if (!Double.isFinite(x)) {
            special += x;
            count = 0;
            return;
        }
        if (kept == parts.length) {
            parts = Arrays.copyOf(parts, 2 * kept);
        }
        parts[kept++] = x;
        count = kept;
    }

    /** Adds what {@link #parts} of another gave. */
    public void addAll(double[] others) {
        for (double other : others) {
            add(other);
        }
    }

    /** Returns numbers whose exact sum this is, to be added to another. */
    public double[] parts() {
        if (special != 0) {
            return new double[] {special};
        }
        return Arrays.copyOf(parts, count);
    }

    /** Returns the double nearest to the sum; never -0. */
    public double value() {
        if (special != 0) {
            return special;
        }
        if (count == 0) {
            return 0;
        }
        int at = count - 1;
        double high = parts[at];
        double low = 0;
        while (at > 0 && low == 0) {
            double x = high;
            double y = parts[--at];
            high = x + y;
            low = y - (high - x);
        }
        return rounded(high, low, at) + 0.0;
    }

    /** Half an ulp is rounded to even by the addition; what lies behind it decides instead. */
    private double rounded(double high, double low, int at) {
        boolean sameSide = at > 0 && ((low < 0 && parts[at - 1] < 0) || (low > 0 && parts[at - 1] > 0));
        if (sameSide) {
            double twice = low * 2;
            double next = high + twice;
            if (twice == next - high) {
                return next;
            }
        }
        return high;
    }
}
