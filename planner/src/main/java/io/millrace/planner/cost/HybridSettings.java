package io.millrace.planner.cost;

import java.io.Serializable;

/**
 * How the strategy of a search across vectors and graph is chosen where costs are not known.
 *
 * @param graphFirstBelow share of the rows that the pattern keeps, 0..1
 * @param vectorFirstAbove likewise, not less
 */
public record HybridSettings(double graphFirstBelow, double vectorFirstAbove) implements Serializable {
    public static final HybridSettings DEFAULT = new HybridSettings(0.01, 0.5);

    public HybridSettings {
        if (!(graphFirstBelow >= 0 && graphFirstBelow <= vectorFirstAbove && vectorFirstAbove <= 1)) {
            throw new IllegalArgumentException(
                    "thresholds must be ordered and from 0 to 1, got " + graphFirstBelow + " and " + vectorFirstAbove);
        }
    }
}
