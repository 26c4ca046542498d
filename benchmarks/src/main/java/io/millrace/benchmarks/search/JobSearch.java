package io.millrace.benchmarks.search;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.VectorRequests;
import io.millrace.benchmarks.measure.Samples;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.OffsetToken;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Searches through the whole job, with so many requests on their way. */
final class JobSearch {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration FILL_TIMEOUT = Duration.ofMinutes(10);

    private final BenchStack stack;
    private final VectorRequests requests;
    private final Dataset data;
    private final int k;

    JobSearch(BenchStack stack, VectorRequests requests, Dataset data, int k) {
        this.stack = stack;
        this.requests = requests;
        this.data = data;
        this.k = k;
    }

    /** Requests a second, and how long they took. */
    record Searches(double perSecond, Samples times) {}

    /** Creates the index, sends all vectors and waits until they are in it. */
    void fill() {
        requests.create().forEach(stack::run);
        float[][] base = data.base();
        OffsetToken token =
                stack.client().send(IntStream.range(0, base.length).mapToObj(id -> requests.upsert(id, base[id])));
        BenchStack.check(stack.client()
                .ask(RequestBuilder.of(requests.search(data.queries()[0], k))
                        .minOffsets(token)
                        .timeout(FILL_TIMEOUT)));
    }

    Searches run(int window, int seconds) {
        Deque<CompletableFuture<Answer>> onTheirWay = new ArrayDeque<>();
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        for (int number = 0; System.nanoTime() < end; number++) {
            if (onTheirWay.size() >= window) {
                nanos.add(BenchStack.check(onTheirWay.remove().join()).roundTripNanos());
            }
            float[] query = data.queries()[number % data.queries().length];
            onTheirWay.add(stack.client().request(requests.search(query, k)));
        }
        onTheirWay.forEach(answer -> nanos.add(BenchStack.check(answer.join()).roundTripNanos()));
        return new Searches(nanos.size() * NANOS_PER_SECOND / (System.nanoTime() - start), Samples.of(nanos));
    }

    /** Returns the share of the exact nearest that requests find. */
    double recall() {
        long right = 0;
        for (int query = 0; query < data.queries().length; query++) {
            int[] ids = VectorRequests.ids(
                    BenchStack.check(stack.client().ask(RequestBuilder.of(requests.search(data.queries()[query], k)))));
            right += data.truth().right(query, ids, ids.length, k);
        }
        return right / (double) (k * data.queries().length);
    }
}
