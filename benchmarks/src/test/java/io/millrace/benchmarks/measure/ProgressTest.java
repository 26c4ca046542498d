package io.millrace.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final Progress progress = new Progress(1_000, 0.2);

    @Test
    void speedLeavesTheWarmUpOut() {
        progress.add(0, 0);
        progress.add(10 * SECOND, 100);
        progress.add(11 * SECOND, 300);
        progress.add(18 * SECOND, 1_000);
        assertThat(progress.perSecond()).isEqualTo(100);
    }

    @Test
    void workThatIsNotDoneHasNoSpeed() {
        progress.add(0, 300);
        progress.add(SECOND, 999);
        assertThatIllegalStateException().isThrownBy(progress::perSecond);
    }

    @Test
    void onePointHasNoSpeed() {
        assertThatIllegalStateException().isThrownBy(progress::perSecond);
        progress.add(SECOND, 1_000);
        assertThatIllegalStateException().isThrownBy(progress::perSecond);
    }
}
