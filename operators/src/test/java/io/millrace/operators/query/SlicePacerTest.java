package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlicePacerTest {
    private final SlicePacer pacer = new SlicePacer(new SliceSettings(2_000, 3));

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

    @Test
    void workRestsForAWhileWhenANeighbourCame() {
        assertThat(pacer.restMs(5)).isZero();

        pacer.neighbourSeen(7);

        assertThat(pacer.restMs(7)).isEqualTo(3);
        assertThat(pacer.restMs(106)).isEqualTo(3);
        assertThat(pacer.restMs(107)).isZero();
        assertThat(pacer.restMs(7)).as("once over, for good").isZero();
    }

    @Test
    void clockThatIsSetBackEndsTheRest() {
        pacer.neighbourSeen(3_600_000);

        assertThat(pacer.restMs(1_000)).isZero();
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
