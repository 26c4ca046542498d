package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardKeysTest {
    @ParameterizedTest(name = "{0} shards, max parallelism {1}")
    @CsvSource({"1,1", "1,128", "2,128", "4,128", "5,128", "8,720", "16,128", "64,4096", "128,128"})
    void subtasksDifferByAtMostOneShardAtAnyParallelism(int shards, int maxParallelism) {
        ShardKeys keys = new ShardKeys(shards, maxParallelism);
        for (int parallelism = 1; parallelism <= Math.min(16, maxParallelism); parallelism++) {
            int[] counts = new int[parallelism];
            for (int shard = 0; shard < shards; shard++) {
                counts[keys.subtask(shard, parallelism)]++;
            }
            int spread = IntStream.of(counts).max().orElseThrow()
                    - IntStream.of(counts).min().orElseThrow();
            assertThat(spread).as("at parallelism " + parallelism).isLessThanOrEqualTo(1);
        }
    }

    /** The keys are part of every savepoint. */
    @Test
    void keysOfTheDefaultShapeAreWhatTheyWere() {
        ShardKeys keys = new ShardKeys(4, 128);

        assertThat(IntStream.range(0, 4).map(keys::key).boxed()).containsExactly(KEYS_OF_4_IN_128);
        assertThat(keys.shardsIn(KeyGroupRange.of(0, 63))).containsExactly(0, 1);
    }

    private static final Integer[] KEYS_OF_4_IN_128 = {361, 300, 70, 163};

    @Test
    void moreShardsThanKeyGroupsAreRefused() {
        assertThatThrownBy(() -> new ShardKeys(129, 128)).hasMessageContaining("got 129");
    }
}
