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
    private final List<ObjectNode> batch = new ArrayList<>();
    private final Map<String, Long> sent = new HashMap<>();
    private volatile OffsetToken token = OffsetToken.NONE;
    private float[] anyQuery = {};

    KafkaTarget(BenchStack stack, VectorRequests requests) {
        this.stack = stack;
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

    @Override
    public void settle() {
        push();
        OffsetToken all = new OffsetToken(Map.copyOf(sent));
        BenchStack.check(stack.client()
                .ask(RequestBuilder.of(requests.search(anyQuery, 1))
                        .minOffsets(all)
                        .timeout(TIMEOUT)));
        token = all;
    }

    @Override
    public void rebuild() {
        requests.rebuild().forEach(stack::run);
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
