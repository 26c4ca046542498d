package io.millrace.benchmarks.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.measure.Samples;
import io.millrace.client.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks targets in turn, so that whatever else the machine does meets all of them alike. Used by one thread. */
public final class RequestLoad {
    private long number;

    /** Asks every target {@code requests} times, with at most {@code window} requests on their way. */
    public void warmUp(List<Target> targets, int requests, int window) {
        Deque<CompletableFuture<Answer>> onTheirWay = new ArrayDeque<>();
        for (int i = 0; i < requests; i++) {
            for (Target target : targets) {
                if (onTheirWay.size() >= window) {
                    BenchStack.check(onTheirWay.remove().join());
                }
                onTheirWay.add(target.client().request(target.request().apply(number++)));
            }
        }
        onTheirWay.forEach(answer -> BenchStack.check(answer.join()));
    }

    /**
     * Asks every target {@code requests} times, one request after the answer to the one before, and a target after the
     * other. Returns the times from sending to answer, by target.
     */
    public List<Samples> oneAtATime(List<Target> targets, int requests) {
        List<List<Long>> nanos = lists(targets);
        for (int i = 0; i < requests; i++) {
            for (int j = 0; j < targets.size(); j++) {
                int place = (i + j) % targets.size();
                Target target = targets.get(place);
                ObjectNode request = target.request().apply(number++);
                Answer answer =
                        BenchStack.check(target.client().request(request).join());
                nanos.get(place).add(answer.roundTripNanos());
            }
        }
        return nanos.stream().map(Samples::of).toList();
    }

    /**
     * Asks the targets in turn, {@code perSecond} requests in all, whether or not earlier ones are answered. Returns the
     * times from when a request was due to its answer, by target: one that is sent late does not look fast.
     */
    public List<Samples> atRate(List<Target> targets, int perSecond, int seconds) {
        List<List<CompletableFuture<Long>>> answers = new ArrayList<>();
        targets.forEach(target -> answers.add(new ArrayList<>()));
        long start = System.nanoTime();
        for (int i = 0; i < perSecond * seconds; i++) {
            int place = i % targets.size();
            Target target = targets.get(place);
            ObjectNode request = target.request().apply(number++);
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            parkUntil(due);
            answers.get(place).add(target.client().request(request).thenApply(answer -> {
                long nanos = System.nanoTime() - due;
                BenchStack.check(answer);
                return nanos;
            }));
        }
        return answers.stream()
                .map(each ->
                        Samples.of(each.stream().map(CompletableFuture::join).toList()))
                .toList();
    }

    private static List<List<Long>> lists(List<Target> targets) {
        List<List<Long>> lists = new ArrayList<>();
        targets.forEach(target -> lists.add(new ArrayList<>()));
        return lists;
    }

    private static void parkUntil(long due) {
        long left = due - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = due - System.nanoTime();
        }
    }
}
