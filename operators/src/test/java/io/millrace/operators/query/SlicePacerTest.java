package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlicePacerTest {
    private final SlicePacer pacer = new SlicePacer(2_000);

    @Test
    void withoutInputSliceFollowsSlice() {
        pacer.ran(0, 2_000);

        assertThat(pacer.mayRun(2_000)).isTrue();
    }

    @Test
    void withInputTheNextSliceComesAfterAsLongATime() {
        pacer.ran(10_000, 13_000);
        pacer.inputSeen();

        assertThat(pacer.mayRun(15_999)).isFalse();
        assertThat(pacer.mayRun(16_000)).isTrue();
    }

    @Test
    void firstSliceNeverWaits() {
        pacer.inputSeen();

        assertThat(pacer.mayRun(Long.MIN_VALUE + 1)).isTrue();
    }

    @Test
    void inputBeforeASliceDoesNotCountAfterIt() {
        pacer.inputSeen();
        pacer.ran(0, 1_000);

        assertThat(pacer.mayRun(1_000)).isTrue();
    }

    /** {@code System.nanoTime} may be anything, and overflow. */
    @Test
    void clockThatOverflowsDoesNotStopTheSlices() {
        pacer.ran(Long.MAX_VALUE - 100, Long.MAX_VALUE - 50);
        pacer.inputSeen();

        assertThat(pacer.mayRun(Long.MAX_VALUE - 10)).isFalse();
        assertThat(pacer.mayRun(Long.MIN_VALUE + 100)).isTrue();
    }
}
