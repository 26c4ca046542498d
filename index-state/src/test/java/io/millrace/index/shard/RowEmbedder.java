package io.millrace.index.shard;

import io.millrace.inference.Embedder;
import io.millrace.inference.HashingEmbedder;
import io.millrace.inference.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** Embeds by hashed words when the test says so. */
final class RowEmbedder implements TextEmbedder {
    private final Embedder embedder;
    final Deque<EmbeddingBatch> waiting = new ArrayDeque<>();

    /** Every text that was embedded, in order. */
    final List<String> embedded = new ArrayList<>();

    boolean available = true;
    int batchMax = 4;

    /** Texts of which one spoils the batch that it is in. */
    Predicate<String> refused = text -> false;

    RowEmbedder(int dimension) {
        embedder = new HashingEmbedder(dimension);
    }

    @Override
    public boolean available() {
        return available;
    }

    @Override
    public int batchMax() {
        return batchMax;
    }

    @Override
    public int charsMax() {
        return 40;
    }

    @Override
    public void embed(EmbeddingBatch batch) {
        waiting.add(batch);
    }

    /** Answers the oldest batch. */
    void answer(ShardSet shards) {
        EmbeddingBatch batch = waiting.remove();
        if (batch.strings().stream().anyMatch(refused)) {
            shards.notEmbedded(batch);
            return;
        }
        try {
            embedded.addAll(batch.strings());
            shards.embedded(batch, embedder.embed(batch.strings()));
        } catch (InferenceException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Works until nothing is left to do now. */
    void run(Fixture fixture) {
        fixture.background();
        while (!waiting.isEmpty()) {
            answer(fixture.shards);
            fixture.background();
        }
    }
}
