package io.millrace.benchmarks.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.VectorRequests;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.OffsetToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The whole job: events and requests over Kafka. Changes come from one thread, searches from any. */
final class KafkaTarget implements StreamTarget {
    private static final int BATCH = 500;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final BenchStack stack;
    private final VectorRequests requests;
    private final boolean rebuilds;
    private final List<ObjectNode> batch = new ArrayList<>();
    private final Map<String, Long> sent = new HashMap<>();
    private volatile OffsetToken token = OffsetToken.NONE;
    private float[] anyQuery = {};

    /** @param rebuilds whether changes reach the index only when it is rebuilt */
    KafkaTarget(BenchStack stack, VectorRequests requests, boolean rebuilds) {
        this.stack = stack;
        this.rebuilds = rebuilds;
        this.requests = requests;
        requests.create().forEach(stack::run);
    }

    @Override
    public void upsert(int id, float[] vector) {
        anyQuery = vector;
        add(requests.upsert(id, vector));
    }

    @Override
    public void delete(int id) {
        add(requests.delete(id));
    }

    private void add(ObjectNode event) {
        batch.add(event);
        if (batch.size() == BATCH) {
            push();
        }
    }

    @Override
    public void push() {
        if (!batch.isEmpty()) {
            stack.client()
                    .send(batch)
                    .nextOffsets()
                    .forEach((partition, next) -> sent.merge(partition, next, Math::max));
            batch.clear();
        }
    }

    /** Waits until all is applied; an index that is only rebuilt has it later. */
    @Override
    public void settle() {
        push();
        OffsetToken all = new OffsetToken(Map.copyOf(sent));
        if (rebuilds) {
            await(requests.exactSearch(anyQuery, 1), all);
        } else {
            await(requests.search(anyQuery, 1), all);
            token = all;
        }
    }

    /** A search that demands everything is answered when the new version serves. */
    @Override
    public void rebuild() {
        stack.run(requests.rebuild());
        await(requests.search(anyQuery, 1), new OffsetToken(Map.copyOf(sent)));
    }

    private void await(ObjectNode search, OffsetToken all) {
        BenchStack.check(
                stack.client().ask(RequestBuilder.of(search).minOffsets(all).timeout(TIMEOUT)));
    }

    @Override
    public int[] search(float[] query, int k) {
        return VectorRequests.ids(BenchStack.check(stack.client()
                .ask(RequestBuilder.of(requests.search(query, k))
                        .minOffsets(token)
                        .timeout(TIMEOUT))));
    }

    @Override
    public boolean isConcurrent() {
        return true;
    }

    @Override
    public long memoryBytes() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public void close() {
        stack.close();
    }
}
