package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopKTest {
    @Test
    void intKeysTieByNumberAndTextsByTheirBytes() {
        TopK numbers = new TopK(2, true, KeyOrder.of(true));
        TopK texts = new TopK(2, true, KeyOrder.of(false));
        for (String key : new String[] {"10", "9", "-1"}) {
            numbers.offer(key, 1, 0);
            texts.offer(key, 1, 0);
        }

        assertThat(numbers.bestFirst()).extracting(TopK.Scored::key).containsExactly("-1", "9");
        assertThat(texts.bestFirst()).extracting(TopK.Scored::key).containsExactly("-1", "10");
    }

    @Test
    void theBestAreKeptInEitherDirection() {
        TopK smallest = new TopK(2, true, KeyOrder.of(false));
        TopK largest = new TopK(2, false, KeyOrder.of(false));
        for (int i = 0; i < 10; i++) {
            smallest.offer("k" + i, i, 0);
            largest.offer("k" + i, i, 0);
        }

        assertThat(smallest.bestFirst()).extracting(TopK.Scored::key).containsExactly("k0", "k1");
        assertThat(largest.bestFirst()).extracting(TopK.Scored::key).containsExactly("k9", "k8");
        assertThat(smallest.mightKeep(1)).isTrue();
        assertThat(smallest.mightKeep(1.5)).isFalse();
    }

    @Test
    void minusZeroAndZeroAreOneScore() {
        TopK top = new TopK(2, true, KeyOrder.of(false));
        top.offer("a", 0.0, 0);
        top.offer("b", -0.0, 0);

        assertThat(top.bestFirst()).extracting(TopK.Scored::key).containsExactly("a", "b");
    }
}
