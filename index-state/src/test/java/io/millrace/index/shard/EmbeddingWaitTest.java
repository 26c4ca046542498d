package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.StateNames;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that wait to be embedded: over crashes, while the embedder is down, and what waits for them. */
class EmbeddingWaitTest extends EmbeddedNotes {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatWaitsSurvivesACrashAndMoreThanAWindow(long seed) {
        Random random = new Random(seed);
        create();
        Map<String, String> texts = new TreeMap<>();
        int rows = 2 * EmbeddingQueue.WINDOW_MAX * 3;
        for (int i = 0; i < rows; i++) {
            String key = "k" + random.nextInt(rows);
            texts.put(key, "w" + i + " mill");
            write(key, "w" + i + " mill");
        }
        fixture.background();
        for (int i = 0; i < 5; i++) {
            embedder.answer(fixture.shards);
            fixture.background();
        }
        assertThat(fixture.shards.pendingEmbeddings()).isLessThan(texts.size());
        fixture.restart();
        embedder.waiting.clear();
        embedder.batchMax = 64;
        String deleted = texts.keySet().iterator().next();
        fixture.delete("notes", deleted, false);
        texts.remove(deleted);
        String changed = texts.keySet().iterator().next();
        write(changed, "a boat");
        texts.put(changed, "a boat");
        long before = fixture.shards.pendingEmbeddings();
        embedder.run(fixture);

        assertThat(before).isPositive();
        assertThat(fixture.shards.pendingEmbeddings()).isZero();
        FragmentOperation all = new FragmentOperation.SearchVectors(
                Fixture.all(notes), "v", index, Metric.COSINE, WORDS.vector("mill"), 10_000, List.of(), true, 100, 4);
        assertThat(scores(fixture.ask(all)).keySet()).isEqualTo(texts.keySet());
        assertThat(fixture.storages.values())
                .allSatisfy(storage -> assertThat(
                                storage.open(StateNames.VECTOR_EMBEDDING).size())
                        .as("only what is written of the index is left")
                        .isOne());
    }

    @Test
    void fillGoesOnAfterACrash() {
        collection();
        for (int i = 0; i < 1_000; i++) {
            write("k" + i, "word" + i);
        }
        index(FreshnessMode.IMMEDIATE);
        fixture.shards.runBackground(0);
        fixture.restart();
        embedder.waiting.clear();
        embedder.run(fixture);

        assertThat(scores("mill")).hasSize(1_000);
    }

    @Test
    void embedderThatIsDownIsTriedAgainLaterAndLater() {
        create();
        embedder.refused = text -> true;
        write("a", "the mill");
        long[] pauses = new long[8];
        for (int i = 0; i < pauses.length; i++) {
            embedder.run(fixture);
            long next = fixture.shards.nextDeadlineMs();
            pauses[i] = next - fixture.nowMs;
            fixture.nowMs = next;
        }
        assertThat(pauses).containsExactly(1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000);
        assertThat(pending()).isOne();
        assertThat(fixture.rows(Fixture.scan(notes))).hasSize(1);

        embedder.refused = text -> false;
        embedder.run(fixture);
        assertScores(Map.of("a", "the mill"));
    }

    /** A text that the model refuses spoils its batch: the others must not wait for it for ever. */
    @Test
    void textThatIsRefusedStaysBehindAlone() {
        create();
        embedder.refused = text -> text.startsWith("bad");
        embedder.batchMax = 8;
        for (int i = 0; i < 100; i++) {
            write("k" + i, (i % 25 == 0 ? "bad" : "good") + i);
        }
        for (int i = 0; i < 60; i++) {
            embedder.run(fixture);
            fixture.nowMs += 60_000;
        }
        assertThat(scores("good")).hasSize(96);
        assertThat(pending()).isEqualTo(4);
    }

    @Test
    void jobWithoutAnEmbedderKeepsWhatWaits() {
        embedder.available = false;
        create();
        write("a", "the mill");
        embedder.run(fixture);
        assertThat(pending()).isOne();
        assertThat(fixture.shards.nextDeadlineMs()).as("nothing to do").isEqualTo(Long.MAX_VALUE);

        fixture.restart();
        embedder.available = true;
        fixture.restart();
        embedder.run(fixture);
        assertScores(Map.of("a", "the mill"));
    }

    @Test
    void embedderOfAnotherDimensionLeavesTheRowsWaiting() {
        create();
        write("a", "the mill");
        fixture.background();
        EmbeddingBatch batch = embedder.waiting.remove();
        fixture.shards.embedded(batch, List.of(new float[] {1, 2}));
        fixture.background();

        assertThat(pending()).isOne();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(fixture.nowMs + 1_000);
    }

    @Test
    void tokenWaitsUntilTheTextsBelowItAreEmbedded() {
        create();
        write("a", "the mill");
        write("b", "a boat");
        fixture.background();
        EmbeddingBatch held = embedder.waiting.peekLast();
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        int before = fixture.partials.size();

        fixture.shards.submit(fixture.fragment(search("mill"), token));
        fixture.finish();
        assertThat(fixture.partials.subList(before, fixture.partials.size()))
                .singleElement()
                .satisfies(partial -> assertThat(partial.result())
                        .isEqualTo(new PartialResult.Waiting(token, PartialResult.WaitingFor.TEXTS)));
        write("c", "the sea");
        assertThat(held).isNotNull();
        while (fixture.partials.size() == before + 1) {
            embedder.answer(fixture.shards);
            fixture.background();
            fixture.finish();
        }

        assertThat(scores(fixture.partials.get(before + 1)).keySet()).contains("a", "b");
        assertThat(fixture.ask(Fixture.scan(notes), token))
                .as("scans wait for no text")
                .isNotNull();
    }

    @Test
    void tokenBelowWhatWaitsIsAnsweredAtOnce() {
        create();
        write("a", "the mill");
        embedder.run(fixture);
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        write("b", "a boat");

        assertThat(scores(fixture.ask(search("mill"), token))).containsKey("a");
    }

    @Test
    void tokenWaitsForRowsOfBeforeTheIndexToo() {
        collection();
        write("a", "the mill");
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, 1L));
        index(FreshnessMode.IMMEDIATE);
        int before = fixture.partials.size();
        fixture.shards.submit(fixture.fragment(search("mill"), token));
        embedder.run(fixture);
        fixture.finish();

        assertThat(fixture.partials).hasSize(before + 2);
        assertThat(scores(fixture.partials.get(before + 1))).containsKey("a");
    }
}
