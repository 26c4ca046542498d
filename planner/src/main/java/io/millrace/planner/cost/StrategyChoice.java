package io.millrace.planner.cost;

import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.plan.StrategyDecision;
import io.millrace.planner.plan.StrategyDecision.Cost;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.statistics.WorkKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides by which strategy a search across vectors and graph runs: the cheapest, where costs can be estimated. */
public final class StrategyChoice {
    public static final String ASKED = "asked";
    public static final String LEAST_COST = "least_cost";
    public static final String THRESHOLD = "threshold";

    private static final double OVER_FETCH_MIN = 2;
    private static final double OVER_FETCH_MAX = 10;

    /** What one question to all shards takes before any work is done. */
    private static final double ROUND_MS = 0.2;

    /** What a key takes on its way between coordinator and shards. */
    private static final double KEY_NANOS = 1_000;

    /** What an edge takes on its way to the coordinator and there, beside the work of the shard. */
    private static final double EDGE_NANOS = 1_500;

    /** Distances that a search computes for each candidate of its beam, about. */
    private static final double DISTANCES_PER_CANDIDATE = 12;

    /** How much wider the vector leg becomes with each refill, about. */
    private static final double GROWTH = 4;

    private final Statistics statistics;
    private final HybridSettings settings;

    public StrategyChoice(Statistics statistics, HybridSettings settings) {
        this.statistics = statistics;
        this.settings = settings;
    }

    /** What is known of one search. */
    private record Facts(double rows, double filterShare, double patternShare, PatternEstimate pattern) {}

    /** Returns the step with the decision that it runs by. */
    public CrossStoreSearch decide(CrossStoreSearch step) {
        Facts facts = facts(step);
        // Conditions are met at the shards: what the vector leg cannot tell is only what the pattern binds.
        double selectivity = facts == null ? Selectivity.UNKNOWN : facts.patternShare;
        double overFetch = Math.min(OVER_FETCH_MAX, Math.max(OVER_FETCH_MIN, 1 / Math.max(1e-9, selectivity)));
        List<Cost> costs = costs(step, facts, overFetch);
        Strategy wanted = step.wanted();
        Strategy chosen = wanted != null ? wanted : facts == null ? byThreshold(selectivity) : cheapest(costs);
        String reason = wanted != null ? ASKED : facts == null ? THRESHOLD : LEAST_COST;
        StrategyDecision decision = new StrategyDecision(chosen, reason, selectivity, overFetch, costs);
        return new CrossStoreSearch(
                step.search(),
                step.pattern(),
                step.anchor(),
                step.negated(),
                step.fusion(),
                wanted,
                decision,
                step.capped());
    }

    private Strategy byThreshold(double selectivity) {
        if (selectivity < settings.graphFirstBelow()) {
            return Strategy.GRAPH_FIRST;
        }
        return selectivity > settings.vectorFirstAbove() ? Strategy.VECTOR_FIRST : Strategy.PARALLEL;
    }

    private static Strategy cheapest(List<Cost> costs) {
        return costs.stream()
                .min(Comparator.comparingDouble(StrategyChoice::ms).thenComparing(Cost::strategy))
                .orElseThrow()
                .strategy();
    }

    private static double ms(Cost cost) {
        Double ms = cost.ms();
        return ms == null ? Double.MAX_VALUE : ms;
    }

    private @Nullable Facts facts(CrossStoreSearch step) {
        SearchVectors search = step.search().search();
        CollectionEstimate collection = statistics.collection(search.selection().collectionId());
        PatternEstimate pattern = PatternEstimate.of(step.pattern(), step.anchor(), statistics);
        if (collection == null || pattern == null || collection.rows() < 1) {
            return null;
        }
        double share = Math.min(1, pattern.anchors() / collection.rows());
        return new Facts(
                collection.rows(),
                new Selectivity(collection).of(search.selection().filter()),
                step.negated() ? 1 - share : share,
                pattern);
    }

    private List<Cost> costs(CrossStoreSearch step, @Nullable Facts facts, double overFetch) {
        List<Cost> costs = new ArrayList<>();
        for (Strategy strategy : Strategy.values()) {
            costs.add(
                    facts == null
                            ? new Cost(strategy, null, "there are no statistics yet")
                            : switch (strategy) {
                                case VECTOR_FIRST -> vectorFirst(step, facts, overFetch);
                                case GRAPH_FIRST -> graphFirst(step, facts);
                                case PARALLEL -> parallel(step, facts, overFetch);
                            });
        }
        return costs;
    }

    private Cost vectorFirst(CrossStoreSearch step, Facts facts, double overFetch) {
        double wanted = step.window();
        double reachable = facts.rows * facts.filterShare;
        double first = Math.min(reachable, Math.ceil(wanted * overFetch));
        double needed = Math.min(reachable, 1.2 * wanted / Math.max(1 / facts.rows, facts.patternShare));
        double ms = 0;
        double fetched = Math.max(1, first);
        int searches = 1;
        ms += searchMs(step, facts, fetched);
        while (fetched < needed && searches < 8) {
            fetched = Math.min(reachable, Math.max(GROWTH * fetched, Math.min(needed, 8 * fetched)));
            ms += searchMs(step, facts, fetched);
            searches++;
        }
        double judging = facts.pattern.judgingWork(fetched);
        ms += searches * facts.pattern.hops() * ROUND_MS
                + nanosMs(judging * (statistics.nanos(WorkKind.EXPAND_VERTEX) + EDGE_NANOS));
        ms += step.fusion() == null ? 0 : graphMs(facts);
        return new Cost(
                Strategy.VECTOR_FIRST,
                ms,
                String.format(
                        Locale.ROOT,
                        "%d of %d rows are judged, in %d searches, reading %d vertices and edges",
                        Math.round(fetched),
                        Math.round(facts.rows),
                        searches,
                        Math.round(judging)));
    }

    private Cost graphFirst(CrossStoreSearch step, Facts facts) {
        double ms = graphMs(facts) + scoreMs(step, facts);
        return new Cost(
                Strategy.GRAPH_FIRST,
                ms,
                String.format(
                        Locale.ROOT,
                        "%d rows are bound, reading %d vertices and edges, and scored",
                        Math.round(facts.pattern.anchors()),
                        Math.round(facts.pattern.work())));
    }

    private Cost parallel(CrossStoreSearch step, Facts facts, double overFetch) {
        double wanted = step.window();
        double reachable = facts.rows * facts.filterShare;
        double first = Math.max(1, Math.min(reachable, Math.ceil(wanted * overFetch)));
        boolean enough = first >= reachable || first * facts.patternShare >= 1.2 * wanted;
        // Both legs are the work of the same threads: what is saved is waiting.
        double ms = Math.max(ROUND_MS, graphMs(facts)) + searchMs(step, facts, first) - ROUND_MS;
        ms += enough ? 0 : scoreMs(step, facts);
        return new Cost(
                Strategy.PARALLEL,
                ms,
                String.format(
                        Locale.ROOT,
                        "%d rows are bound, reading %d vertices and edges, beside a search for %d%s",
                        Math.round(facts.pattern.anchors()),
                        Math.round(facts.pattern.work()),
                        Math.round(first),
                        enough ? "" : ", and scored"));
    }

    private double graphMs(Facts facts) {
        double scanned = facts.pattern.scanned();
        return facts.pattern.hops() * ROUND_MS
                + (scanned > 0 ? ROUND_MS + nanosMs(scanned * statistics.nanos(WorkKind.SCAN_ROW)) : 0)
                + nanosMs(facts.pattern.work() * (statistics.nanos(WorkKind.EXPAND_VERTEX) + EDGE_NANOS));
    }

    /** Scoring what is bound, or searching among all others. */
    private double scoreMs(CrossStoreSearch step, Facts facts) {
        double anchors = facts.pattern.anchors();
        double keys = nanosMs(anchors * KEY_NANOS);
        return step.negated()
                ? keys + searchMs(step, facts, step.window())
                : ROUND_MS + keys + nanosMs(anchors * statistics.nanos(WorkKind.SCORE));
    }

    private double searchMs(CrossStoreSearch step, Facts facts, double count) {
        SearchVectors search = step.search().search();
        if (search.exact() || search.indexId() == null || count >= facts.rows) {
            return ROUND_MS + nanosMs(facts.rows * statistics.nanos(WorkKind.SCORE));
        }
        double beam = Math.max(search.efSearch(), search.alpha() * count);
        // Where few rows pass, the beam steps over the others.
        double stepped = Math.min(facts.rows, beam * DISTANCES_PER_CANDIDATE / Math.max(0.05, facts.filterShare));
        return ROUND_MS
                + nanosMs(stepped * statistics.nanos(WorkKind.SEARCH_DISTANCE))
                + nanosMs(count * (KEY_NANOS + statistics.nanos(WorkKind.FETCH_ROW)));
    }

    private static double nanosMs(double nanos) {
        return nanos / 1e6;
    }
}
