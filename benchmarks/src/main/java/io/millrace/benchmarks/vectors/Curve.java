package io.millrace.benchmarks.vectors;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** Speed over recall of one engine, as its beam grows. */
final class Curve {
    private final List<Point> points = new ArrayList<>();

    record Point(double recall, double qps) {}

    void add(double recall, double qps) {
        points.add(new Point(recall, qps));
    }

    /**
     * Returns the speed at the recall, or better recall where even the least beam gives that: between two points,
     * log(qps) is linear in -log(1 - recall). Nothing, if no point comes that far.
     */
    OptionalDouble qpsAt(double recall) {
        List<Point> ordered = points.stream()
                .sorted(Comparator.comparingDouble(Point::recall).thenComparingDouble(Point::qps))
                .toList();
        Point below = null;
        for (Point point : ordered) {
            if (point.recall >= recall) {
                return OptionalDouble.of(below == null ? point.qps : between(below, point, recall));
            }
            below = point;
        }
        return OptionalDouble.empty();
    }

    private static double between(Point below, Point above, double recall) {
        double from = nines(below.recall);
        double to = nines(above.recall);
        double share = to == from ? 1 : (nines(recall) - from) / (to - from);
        return Math.exp(Math.log(below.qps) * (1 - share) + Math.log(above.qps) * share);
    }

    /** A recall of 1 is taken for a little less. */
    private static double nines(double recall) {
        return -Math.log(Math.max(1 - recall, 1e-5));
    }
}
