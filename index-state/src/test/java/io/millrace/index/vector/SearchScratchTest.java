package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchScratchTest {
    private static int[] seen(SearchScratch scratch, int slots) {
        return IntStream.range(0, slots).filter(scratch::isSeen).toArray();
    }

    /** A few are forgotten one by one, many all at once; those that were noted in a batch and those that came alone. */
    @ParameterizedTest
    @CsvSource({"1, 1", "64, 1", "64, 64", "10000, 3", "10000, 19", "10000, 20", "10000, 9000", "65, 65"})
    void forgetsWhoWasSeen(int slots, int count) {
        SearchScratch scratch = new SearchScratch();
        Random random = new Random(slots);
        for (int round = 0; round < 5; round++) {
            scratch.begin(slots);
            assertThat(seen(scratch, slots)).isEmpty();
            int[] picked = random.ints(0, slots).distinct().limit(count).toArray();
            int alone = round * count / 4;
            for (int i = 0; i < alone; i++) {
                scratch.see(picked[i]);
            }
            int[] batch = IntStream.range(alone, count).map(i -> picked[i]).toArray();
            for (int slot : batch) {
                scratch.seen()[slot >>> SearchScratch.WORD_SHIFT] |= 1L << slot;
            }
            scratch.note(batch, batch.length);
            assertThat(seen(scratch, slots))
                    .containsExactly(IntStream.of(picked).sorted().toArray());
        }
    }

    @Test
    void growsWithTheGraph() {
        SearchScratch scratch = new SearchScratch();
        for (int slots = 1; slots < 100_000; slots = slots * 3 / 2 + 1) {
            scratch.begin(slots);
            assertThat(seen(scratch, slots)).isEmpty();
            scratch.see(slots - 1);
            assertThat(seen(scratch, slots)).containsExactly(slots - 1);
        }
    }
}
