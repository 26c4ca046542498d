package io.millrace.planner.explain;

import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.ShardStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one step.
 *
 * @param status as in the answer's report of the step
 * @param rows of the result
 * @param fanOut what the shards did; null where none was asked
 * @param task what the step itself noted
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
    /** Rounds and answers that are told one by one. */
    private static final int TOLD_MAX = 128;

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
    public record FanOut(int shards, List<Integer> late, List<Integer> failed, List<RoundMeasures> rounds) {
        public FanOut {
            late = List.copyOf(late);
            failed = List.copyOf(failed);
            rounds = List.copyOf(rounds);
        }

        private Rounds those(Predicate<RoundMeasures> which) {
            return new Rounds(rounds.stream().filter(which).toList());
        }

        private Facts facts() {
            Facts facts = new Facts()
                    .put("shards_asked", shards)
                    .put("shards_answered", shards - late.size() - failed.size())
                    .put("shards_late", late.size())
                    .put("late", late)
                    .put("shards_failed", failed.size())
                    .put("failed", failed)
                    .put("rounds", rounds.size())
                    .put("rows_out", new Rounds(rounds).sum(AnswerMeasures::rows));
            List<Facts> told = new ArrayList<>();
            List<Facts> answers = new ArrayList<>();
            for (RoundMeasures round : rounds) {
                round.answers().forEach(answer -> answers.add(answer.facts(told.size())));
                told.add(round.facts());
            }
            return facts.put("each_round", told.subList(0, Math.min(told.size(), TOLD_MAX)))
                    .put("each_answer", answers.subList(0, Math.min(answers.size(), TOLD_MAX)))
                    .put("each_shard", shards(new Rounds(rounds).stats().shards()));
        }

        /** What each shard took, in all rounds together. */
        private static List<Facts> shards(List<ShardStats> each) {
            TreeMap<Integer, List<ShardStats>> byShard = new TreeMap<>();
            each.forEach(stats -> byShard.computeIfAbsent(stats.shard(), shard -> new ArrayList<>())
                    .add(stats));
            List<Facts> told = new ArrayList<>();
            byShard.forEach((shard, all) -> {
                Facts facts = new Facts().put("shard", shard);
                if (all.stream().allMatch(stats -> stats.rowsRead() >= 0)) {
                    facts.put(
                            "rows_read",
                            all.stream().mapToLong(ShardStats::rowsRead).sum());
                }
                told.add(facts.putMs(
                        "elapsed_ms",
                        all.stream().mapToLong(ShardStats::elapsedNanos).sum() / 1e6));
            });
            return told;
        }
    }

    /**
     * One question to all shards.
     *
     * @param part which part of the step asks; null where it has none
     * @param asks what is asked, such as {@code scan_documents}
     * @param startedMs after the start of the step
     * @param elapsedMs from the question to the last answer, as the coordinator saw it
     */
    public record RoundMeasures(
            @Nullable NodeKind part,
            String asks,
            double startedMs,
            double elapsedMs,
            FragmentStats stats,
            List<AnswerMeasures> answers) {
        public RoundMeasures {
            answers = answers.stream()
                    .sorted(Comparator.comparing(answer -> answer.shards().get(0)))
                    .toList();
        }

        private Facts facts() {
            return new Facts()
                    .put("part", part == null ? null : part.text())
                    .put("asks", asks)
                    .putMs("started_ms", startedMs)
                    .putMs("elapsed_ms", elapsedMs)
                    .put("rows_out", new Rounds(List.of(this)).sum(AnswerMeasures::rows));
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

        private Facts facts(int round) {
            return new Facts()
                    .put("round", round)
                    .put("shards", shards)
                    .put("rows_read", rowsRead)
                    .put("rows_matched", rowsMatched)
                    .put("rows_out", rows)
                    .putMs("elapsed_ms", elapsedMs);
        }
    }

    /** Some rounds together. */
    private record Rounds(List<RoundMeasures> rounds) {
        long sum(ToLongFunction<AnswerMeasures> number) {
            return rounds.stream()
                    .flatMap(round -> round.answers().stream())
                    .mapToLong(number)
                    .sum();
        }

        FragmentStats stats() {
            return rounds.stream()
                    .filter(round -> !round.answers().isEmpty())
                    .map(RoundMeasures::stats)
                    .reduce(FragmentStats::and)
                    .orElse(FragmentStats.NONE);
        }

        Facts reading() {
            return new Facts()
                    .put("rows_read", sum(AnswerMeasures::rowsRead))
                    .put("rows_matched", sum(AnswerMeasures::rowsMatched));
        }

        Facts span() {
            double from =
                    rounds.stream().mapToDouble(RoundMeasures::startedMs).min().orElse(0);
            double to = rounds.stream()
                    .mapToDouble(round -> round.startedMs() + round.elapsedMs())
                    .max()
                    .orElse(0);
            return new Facts()
                    .put("rounds", rounds.size())
                    .putMs("started_ms", from)
                    .putMs("elapsed_ms", to - from);
        }
    }

    /** What is known of the step as a whole. */
    Facts whole() {
        return new Facts().put("status", status).put("rows_out", rows).putMs("elapsed_ms", elapsedMs);
    }

    Facts ofFanOut() {
        return fanOut == null ? new Facts() : fanOut.facts();
    }

    /** What a merge takes. */
    Facts ofMerge(String asks) {
        return fanOut == null
                ? new Facts()
                : new Facts().put("rows_in", asked(fanOut, asks).sum(AnswerMeasures::rows));
    }

    private static Rounds asked(FanOut fanOut, String asks) {
        return fanOut.those(round -> round.asks().equals(asks));
    }

    /** What shards looked at. */
    Facts ofReading() {
        return fanOut == null ? new Facts() : fanOut.those(round -> true).reading();
    }

    /** What shards looked at, and what they gave, when they were asked this. */
    Facts ofReading(String asks) {
        if (fanOut == null) {
            return new Facts();
        }
        Rounds those = asked(fanOut, asks);
        return those.reading().put("rows_out", those.sum(AnswerMeasures::rows));
    }

    /** What shards grouped. */
    Facts ofGroups() {
        if (fanOut == null) {
            return new Facts();
        }
        Rounds those = asked(fanOut, GROUP);
        return new Facts()
                .put("rows_in", those.sum(AnswerMeasures::rowsMatched))
                .put("rows_out", those.sum(AnswerMeasures::rows));
    }

    Facts ofSearch() {
        return fanOut == null
                ? new Facts()
                : ofReading(SEARCH)
                        .putAll(SearchMeasures.of(asked(fanOut, SEARCH).stats()));
    }

    /** What a part of the step did: nothing where it asked nobody. Spans of parts that ran at once overlap. */
    Facts ofPart(NodeKind part) {
        if (fanOut == null) {
            return new Facts();
        }
        Rounds those = fanOut.those(round -> round.part() == part);
        if (those.rounds().isEmpty()) {
            return new Facts();
        }
        Facts facts = those.span().putAll(those.reading()).put("rows_out", those.sum(AnswerMeasures::rows));
        return part == NodeKind.VECTOR_SEARCH ? facts.putAll(SearchMeasures.of(those.stats())) : facts;
    }
}
