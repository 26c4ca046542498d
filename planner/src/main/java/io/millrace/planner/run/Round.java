package io.millrace.planner.run;

import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.PartialResult.WaitingFor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One question to all shards, and who has answered. */
final class Round {
    private final int number;
    private final int shards;
    private final BitSet answered = new BitSet();
    /** By shard, what those that wait for an offset token said last. */
    private final Map<Integer, PartialResult.Waiting> waiting = new TreeMap<>();

    /** By the first of the shards that answer together, the parts of their answer that have come. */
    private final Map<Integer, BitSet> parts = new HashMap<>();

    private final List<Problem> problems = new ArrayList<>();

    Round(int number, int shards) {
        this.number = number;
        this.shards = shards;
    }

    int number() {
        return number;
    }

    /** Notes an answer; returns whether its rows count: not those of a shard that has answered before. */
    boolean accept(Partial partial) {
        for (int shard : partial.shards()) {
            if (shard < 0 || shard >= shards || answered.get(shard)) {
                return false;
            }
        }
        PartialResult result = partial.result();
        if (result instanceof PartialResult.Part part) {
            BitSet seen = parts.computeIfAbsent(partial.shards().get(0), shard -> new BitSet());
            boolean first = !seen.get(part.number());
            seen.set(part.number());
            return first;
        }
        if (result instanceof PartialResult.Waiting wait) {
            partial.shards().forEach(shard -> waiting.put(shard, wait));
            return false;
        }
        partial.shards().forEach(shard -> {
            answered.set(shard);
            waiting.remove(shard);
        });
        if (result instanceof PartialResult.Failed failed) {
            problems.addAll(failed.problems());
        }
        return result instanceof PartialResult.Rows;
    }

    boolean isComplete() {
        return answered.cardinality() == shards;
    }

    boolean isEmpty() {
        return answered.isEmpty();
    }

    TreeSet<Integer> missing() {
        TreeSet<Integer> missing = new TreeSet<>();
        for (int shard = answered.nextClearBit(0); shard < shards; shard = answered.nextClearBit(shard + 1)) {
            missing.add(shard);
        }
        return missing;
    }

    /** Returns what shards found wrong, each once, in an order that does not depend on who came first. */
    List<Problem> problems() {
        return problems.stream()
                .distinct()
                .sorted(Comparator.comparing(Problem::code).thenComparing(Problem::message))
                .toList();
    }

    /** Returns the least that any waiting shard has applied of each partition; empty where none waits. */
    Map<String, Long> waitingApplied() {
        Map<String, Long> least = new TreeMap<>();
        waiting.values()
                .forEach(wait -> wait.applied()
                        .nextOffsets()
                        .forEach((partition, next) -> least.merge(partition, next, Math::min)));
        return least;
    }

    /** Returns what waiting shards wait for. */
    Set<WaitingFor> waitingFor() {
        Set<WaitingFor> reasons = EnumSet.noneOf(WaitingFor.class);
        waiting.values().forEach(wait -> reasons.add(wait.reason()));
        return reasons;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }
}
