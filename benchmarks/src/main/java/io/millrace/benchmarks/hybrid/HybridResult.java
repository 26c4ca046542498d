package io.millrace.benchmarks.hybrid;

import io.millrace.benchmarks.measure.Statistics;
import io.millrace.client.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What one query took and gave under each strategy. */
final class HybridResult {
    /** What the planner chooses itself, and then what it can choose. */
    static final List<String> STRATEGIES = List.of("auto", "vector_first", "graph_first", "parallel");

    /** Nobody waits for less than this. */
    private static final double NEGLIGIBLE_MS = 0.3;

    private static final double FACTOR = 1.25;

    private final HybridQuery query;
    private final Map<String, List<Double>> elapsedMs = new LinkedHashMap<>();
    private final Map<String, String> rows = new LinkedHashMap<>();
    private final Map<String, String> executed = new LinkedHashMap<>();
    private boolean rowsDiffered;

    HybridResult(HybridQuery query) {
        this.query = query;
        STRATEGIES.forEach(strategy -> elapsedMs.put(strategy, new ArrayList<>()));
    }

    HybridQuery query() {
        return query;
    }

    /** Takes the answers of one run. */
    void add(String strategy, List<Answer> answers) {
        Objects.requireNonNull(elapsedMs.get(strategy))
                .add(Statistics.median(
                        answers.stream().map(HybridResult::elapsedMs).toList()));
        for (Answer answer : answers) {
            String before = rows.put(strategy, answer.rows("result").toString());
            rowsDiffered |= before != null && !before.equals(rows.get(strategy));
        }
    }

    static double elapsedMs(Answer answer) {
        return answer.json().get("elapsed_ms").doubleValue();
    }

    /** Takes what an explained run says that it planned and did. */
    void explained(String strategy, String planned, String did) {
        executed.put(strategy, planned.equals(did) ? did : planned + ", but " + did);
    }

    double medianMs(String strategy) {
        return Statistics.median(Objects.requireNonNull(elapsedMs.get(strategy)));
    }

    private double bestMs() {
        return STRATEGIES.subList(1, STRATEGIES.size()).stream()
                .mapToDouble(this::medianMs)
                .min()
                .orElseThrow();
    }

    /** Returns whether what the planner chose is about as fast as the best there is. */
    boolean autoIsGood() {
        double best = bestMs();
        return medianMs("auto") <= Math.max(FACTOR * best, best + NEGLIGIBLE_MS);
    }

    /** Returns whether every strategy gave the same rows in the same order, in each run. */
    boolean answersAreEqual() {
        return !rowsDiffered && rows.values().stream().distinct().count() == 1;
    }

    /** Returns whether each run did as it was explained, and as it was asked to. */
    boolean didAsExplained() {
        return executed.size() == STRATEGIES.size()
                && executed.entrySet().stream()
                        .allMatch(each -> each.getKey().equals("auto")
                                ? STRATEGIES.contains(each.getValue())
                                : each.getKey().equals(each.getValue()));
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        STRATEGIES.forEach(
                strategy -> line.append(String.format(Locale.ROOT, "%s %.2f ms  ", strategy, medianMs(strategy))));
        return line + (answersAreEqual() ? "" : "ANSWERS DIFFER  ")
                + (didAsExplained() ? "chose " + executed.get("auto") : "EXPLAINED " + executed) + "  " + query;
    }
}
