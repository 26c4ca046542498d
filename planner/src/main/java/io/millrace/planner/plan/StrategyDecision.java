package io.millrace.planner.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which strategy a search across vectors and graph runs by, and why: what EXPLAIN prints is what runs.
 *
 * @param reason {@code asked}, {@code least_cost}, {@code threshold} or {@code no_filter}
 * @param selectivity estimated share of the rows that pass the conditions on fields which the pattern keeps, 0..1
 * @param overFetch how many times the rows asked for the vector leg fetches first, 1..10
 * @param costs of all three, in their order
 */
public record StrategyDecision(
        Strategy strategy, String reason, double selectivity, double overFetch, List<Cost> costs) {
    public StrategyDecision {
        costs = List.copyOf(costs);
    }

    /**
     * What a strategy would cost.
     *
     * @param ms estimated; null where statistics are missing
     * @param why in words, such as what it would have to read
     */
    public record Cost(Strategy strategy, @Nullable Double ms, String why) {}
}
