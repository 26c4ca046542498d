package io.millrace.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How many of a known number of things were done when, and how fast that was. */
public final class Progress {
    private final long all;
    private final double warmUpShare;
    private final List<Point> points = new ArrayList<>();

    private record Point(long nanos, long done) {}

    /**
     * Starts without a point.
     *
     * @param warmUpShare the share of all that does not count for the speed
     */
    public Progress(long all, double warmUpShare) {
        this.all = all;
        this.warmUpShare = warmUpShare;
    }

    /** Notes that so much was done at a time. */
    public void add(long nanos, long done) {
        points.add(new Point(nanos, done));
    }

    /**
     * Returns how many things were done in a second, from the first point behind the warm-up to the last.
     *
     * @throws IllegalStateException unless these are two points and the last says that all is done
     */
    public double perSecond() {
        Point last = points.isEmpty() ? new Point(0, 0) : points.get(points.size() - 1);
        Point first = points.stream()
                .filter(point -> point.done >= all * warmUpShare)
                .findFirst()
                .orElse(last);
        if (last.done < all || first.done == last.done) {
            throw new IllegalStateException("from " + first.done + " to " + last.done + " of " + all
                    + " there is no speed to tell: measure more");
        }
        return (last.done - first.done) * (double) TimeUnit.SECONDS.toNanos(1) / (last.nanos - first.nanos);
    }
}
