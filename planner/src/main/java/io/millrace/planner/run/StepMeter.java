package io.millrace.planner.run;

import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.explain.StepMeasures.AnswerMeasures;
import io.millrace.planner.explain.StepMeasures.FanOut;
import io.millrace.planner.explain.StepMeasures.RoundMeasures;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Notes what a step asks the shards and what they give, round by round. */
final class StepMeter {
    private final TreeMap<Integer, Asked> rounds = new TreeMap<>();
    private final TreeSet<Integer> failed = new TreeSet<>();

    /** One question. */
    private static final class Asked {
        private final @Nullable NodeKind part;
        private final String asks;
        private final long startedNanos;
        private final List<AnswerMeasures> answers = new ArrayList<>();
        /** By the first of the shards that answer together, the rows of the parts that have come. */
        private final Map<Integer, Integer> rowsInParts = new HashMap<>();

        private FragmentStats stats = FragmentStats.NONE;
        private long endedNanos;

        Asked(@Nullable NodeKind part, String asks, long nanoTime) {
            this.part = part;
            this.asks = asks;
            startedNanos = nanoTime;
            endedNanos = nanoTime;
        }

        void takes(List<Integer> shards, PartialResult.Rows rows, long nanoTime) {
            FragmentStats more = rows.stats();
            stats = answers.isEmpty() ? more : stats.and(more);
            endedNanos = nanoTime;
            answers.add(new AnswerMeasures(
                    shards,
                    rows.rows().size() + rowsInParts.getOrDefault(shards.get(0), 0),
                    more.rowsRead(),
                    more.rowsMatched(),
                    more.elapsedNanos() / 1e6));
        }

        RoundMeasures measures(long stepStartedNanos) {
            return new RoundMeasures(
                    part,
                    asks,
                    (startedNanos - stepStartedNanos) / 1e6,
                    (endedNanos - startedNanos) / 1e6,
                    stats,
                    answers);
        }
    }

    void asks(Lane lane, FragmentOperation operation, long nanoTime) {
        rounds.put(lane.round.number(), new Asked(lane.inquiry.part(), name(operation), nanoTime));
    }

    /** Takes an answer to a question that was asked, or a part of one, each once. */
    void takes(Partial partial, long nanoTime) {
        Asked round = rounds.get(partial.round());
        if (round != null && partial.result() instanceof PartialResult.Part part) {
            round.rowsInParts.merge(partial.shards().get(0), part.rows().size(), Integer::sum);
        } else if (round != null && partial.result() instanceof PartialResult.Rows rows) {
            round.takes(partial.shards(), rows, nanoTime);
        }
    }

    void fails(List<Integer> shards) {
        failed.addAll(shards);
    }

    /** Returns what shards measured in all rounds together. */
    FragmentStats stats() {
        return rounds.values().stream()
                .filter(round -> !round.answers.isEmpty())
                .map(round -> round.stats)
                .reduce(FragmentStats::and)
                .orElse(FragmentStats.NONE);
    }

    /**
     * Returns what the shards did; null where none was asked.
     *
     * @param late shards that did not answer in time
     * @param startedNanos when the step started
     */
    @Nullable FanOut fanOut(int shards, Collection<Integer> late, long startedNanos) {
        return rounds.isEmpty()
                ? null
                : new FanOut(
                        shards,
                        List.copyOf(late),
                        List.copyOf(failed),
                        rounds.values().stream()
                                .map(round -> round.measures(startedNanos))
                                .toList());
    }

    /** Returns what is asked, such as {@code scan_documents}. */
    private static String name(FragmentOperation operation) {
        return operation
                .getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }
}
