package io.millrace.planner.run;

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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Notes what a step asks the shards and what they give, round by round. */
final class StepMeter {
    private final List<Asked> rounds = new ArrayList<>();
    private final TreeSet<Integer> failed = new TreeSet<>();
    private FragmentStats stats = FragmentStats.NONE;
    private boolean measured;

    /** One question. */
    private static final class Asked {
        private final String asks;
        private final long startedNanos;
        private final List<AnswerMeasures> answers = new ArrayList<>();
        /** By the first of the shards that answer together, the rows of the parts that have come. */
        private final Map<Integer, Integer> rowsInParts = new HashMap<>();

        private long endedNanos;

        Asked(String asks, long nanoTime) {
            this.asks = asks;
            startedNanos = nanoTime;
            endedNanos = nanoTime;
        }

        RoundMeasures measures() {
            return new RoundMeasures(asks, (endedNanos - startedNanos) / 1e6, answers);
        }
    }

    void asks(FragmentOperation operation, long nanoTime) {
        rounds.add(new Asked(name(operation), nanoTime));
    }

    /** Takes an answer to the last question, or a part of one, each once. */
    void takes(Partial partial, long nanoTime) {
        Asked round = rounds.get(rounds.size() - 1);
        int first = partial.shards().get(0);
        if (partial.result() instanceof PartialResult.Part part) {
            round.rowsInParts.merge(first, part.rows().size(), Integer::sum);
        } else if (partial.result() instanceof PartialResult.Rows rows) {
            FragmentStats more = rows.stats();
            stats = measured ? stats.and(more) : more;
            measured = true;
            round.endedNanos = nanoTime;
            round.answers.add(new AnswerMeasures(
                    partial.shards(),
                    rows.rows().size() + round.rowsInParts.getOrDefault(first, 0),
                    more.rowsRead(),
                    more.rowsMatched(),
                    more.elapsedNanos() / 1e6));
        }
    }

    void fails(List<Integer> shards) {
        failed.addAll(shards);
    }

    FragmentStats stats() {
        return stats;
    }

    /** @param late shards that did not answer in time */
    @Nullable FanOut fanOut(int shards, Collection<Integer> late) {
        return rounds.isEmpty()
                ? null
                : new FanOut(
                        shards,
                        List.copyOf(late),
                        List.copyOf(failed),
                        stats,
                        rounds.stream().map(Asked::measures).toList());
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
