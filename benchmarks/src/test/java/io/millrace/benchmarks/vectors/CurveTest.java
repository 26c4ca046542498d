package io.millrace.benchmarks.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CurveTest {
    private final Curve curve = new Curve();

    @Test
    void speedBetweenTwoPointsIsInterpolatedOverTheNinesOfRecall() {
        curve.add(0.999, 1_000);
        curve.add(0.9, 100_000);
        assertThat(curve.qpsAt(0.99).orElseThrow()).isCloseTo(10_000, within(1e-6));
    }

    @Test
    void leastBeamIsFastestWhereItIsGoodEnough() {
        curve.add(0.97, 500);
        curve.add(0.99, 300);
        assertThat(curve.qpsAt(0.95)).hasValue(500);
    }

    @Test
    void recallThatWasNotReachedHasNoSpeed() {
        curve.add(0.94, 500);
        assertThat(curve.qpsAt(0.95)).isEmpty();
    }
}
