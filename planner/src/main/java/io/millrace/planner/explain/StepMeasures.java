package io.millrace.planner.explain;

import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.SearchStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one step.
 *
 * @param status as in the answer's report of the step
 * @param rows of the result
 * @param fanOut what the shards did; null where none was asked
 */
public record StepMeasures(
        String status,
        long rows,
        double elapsedMs,
        @Nullable FanOut fanOut,
        Measures task) {
    static final String SCAN = "scan_documents";
    static final String FETCH = "fetch_documents";
    static final String GROUP = "aggregate_documents";
    static final String SEARCH = "search_vectors";
    /** Rounds that are told one by one; of a walk of the greatest depth there are fewer. */
    private static final int ROUNDS_MAX = 64;

    public StepMeasures {
        status = status.toLowerCase(Locale.ROOT);
    }

    /**
     * What the shards were asked and gave.
     *
     * @param shards that were asked, in every round
     * @param late those that did not answer in time
     * @param failed those that answered with a problem
     */
    public record FanOut(
            int shards, List<Integer> late, List<Integer> failed, FragmentStats stats, List<RoundMeasures> rounds) {
        public FanOut {
            late = List.copyOf(late);
            failed = List.copyOf(failed);
            rounds = List.copyOf(rounds);
        }

        long rows() {
            return rounds.stream().mapToLong(RoundMeasures::rows).sum();
        }

        long rows(String asks) {
            return sum(asks, AnswerMeasures::rows);
        }

        long sum(String asks, ToLongFunction<AnswerMeasures> number) {
            return rounds.stream()
                    .filter(round -> round.asks().equals(asks))
                    .flatMap(round -> round.answers().stream())
                    .mapToLong(number)
                    .sum();
        }
    }

    /**
     * One question to all shards.
     *
     * @param asks what is asked, such as {@code scan_documents}
     * @param elapsedMs from the question to the last answer, as the coordinator saw it
     */
    public record RoundMeasures(String asks, double elapsedMs, List<AnswerMeasures> answers) {
        public RoundMeasures {
            answers = answers.stream()
                    .sorted(Comparator.comparing(answer -> answer.shards().get(0)))
                    .toList();
        }

        long rows() {
            return answers.stream().mapToLong(AnswerMeasures::rows).sum();
        }

        private Facts facts() {
            return new Facts()
                    .put("asks", asks)
                    .put("rows_out", rows())
                    .putMs("elapsed_ms", elapsedMs)
                    .put("answers", answers.stream().map(AnswerMeasures::facts).toList());
        }
    }

    /**
     * The answer of the shards of one subtask, which they give together.
     *
     * @param elapsedMs that the shards worked
     */
    public record AnswerMeasures(List<Integer> shards, long rows, long rowsRead, long rowsMatched, double elapsedMs) {
        public AnswerMeasures {
            shards = List.copyOf(shards);
        }

        private Facts facts() {
            return new Facts()
                    .put("shards", shards)
                    .put("rows_read", rowsRead)
                    .put("rows_matched", rowsMatched)
                    .put("rows_out", rows)
                    .putMs("elapsed_ms", elapsedMs);
        }
    }

    /** What is known of the step as a whole. */
    Facts whole() {
        return new Facts().put("status", status).put("rows_out", rows).putMs("elapsed_ms", elapsedMs);
    }

    Facts ofFanOut() {
        Facts facts = new Facts();
        if (fanOut != null) {
            facts.put("shards_asked", fanOut.shards())
                    .put(
                            "shards_answered",
                            fanOut.shards()
                                    - fanOut.late().size()
                                    - fanOut.failed().size())
                    .put("shards_late", fanOut.late().size())
                    .put("late", fanOut.late())
                    .put("shards_failed", fanOut.failed().size())
                    .put("failed", fanOut.failed())
                    .put("rounds", fanOut.rounds().size())
                    .put("rows_out", fanOut.rows())
                    .put(
                            "round",
                            fanOut.rounds().stream()
                                    .limit(ROUNDS_MAX)
                                    .map(RoundMeasures::facts)
                                    .toList());
        }
        return facts;
    }

    /** What a merge takes. */
    Facts ofMerge(String asks) {
        return fanOut == null ? new Facts() : new Facts().put("rows_in", fanOut.rows(asks));
    }

    /** What shards looked at. */
    Facts ofReading() {
        return fanOut == null ? new Facts() : reading(fanOut.stats());
    }

    /** What shards looked at, and what they gave, when they were asked this. */
    Facts ofReading(String asks) {
        if (fanOut == null) {
            return new Facts();
        }
        return new Facts()
                .put("rows_read", fanOut.sum(asks, AnswerMeasures::rowsRead))
                .put("rows_matched", fanOut.sum(asks, AnswerMeasures::rowsMatched))
                .put("rows_out", fanOut.rows(asks));
    }

    /** What shards grouped. */
    Facts ofGroups() {
        return fanOut == null
                ? new Facts()
                : new Facts().put("rows_in", fanOut.stats().rowsMatched()).put("rows_out", fanOut.rows(GROUP));
    }

    static Facts reading(FragmentStats stats) {
        return new Facts().put("rows_read", stats.rowsRead()).put("rows_matched", stats.rowsMatched());
    }

    Facts ofSearch() {
        return fanOut == null ? new Facts() : ofReading(SEARCH).putAll(search(fanOut.stats()));
    }

    /** What shards did for a vector search: over all, and each. */
    static Facts search(FragmentStats stats) {
        Facts facts = new Facts()
                .put("path", stats.path())
                .put("reason", stats.reason())
                .put("engine", engines(stats.searches()))
                .put("distance_computations", stats.distanceComputations());
        if (stats.searches().isEmpty()) {
            return facts;
        }
        List<SearchStats> searches = new ArrayList<>(stats.searches());
        searches.sort(Comparator.comparingInt(SearchStats::shard));
        return facts.put(
                        "nodes_visited",
                        searches.stream().mapToLong(SearchStats::nodesVisited).sum())
                .put("scored", searches.stream().mapToLong(SearchStats::scored).sum())
                .put(
                        "refills",
                        searches.stream().mapToLong(SearchStats::refills).sum())
                .put("searches", searches.stream().map(StepMeasures::facts).toList());
    }

    /** Null where none is named; all where shards differ. */
    private static @Nullable String engines(List<SearchStats> searches) {
        Set<String> engines = new LinkedHashSet<>();
        searches.stream().sorted(Comparator.comparingInt(SearchStats::shard)).forEach(search -> {
            if (search.engine() != null) {
                engines.add(search.engine());
            }
        });
        return engines.isEmpty() ? null : String.join(", ", engines);
    }

    private static Facts facts(SearchStats search) {
        Facts facts = new Facts()
                .put("shard", search.shard())
                .put("path", search.path())
                .put("reason", search.reason())
                .put("engine", search.engine())
                .put("filter", search.filter());
        if (search.efSearch() > 0) {
            facts.put("ef_search", search.efSearch())
                    .put("window", search.window())
                    .put("refills", search.refills());
        }
        return facts.put("scored", search.scored())
                .put("distance_computations", search.distanceComputations())
                .put("nodes_visited", search.nodesVisited())
                .put("exhausted", search.exhausted());
    }
}
