package io.millrace.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static Samples millis(long from, long to) {
        return Samples.of(LongStream.rangeClosed(from, to)
                .map(ms -> ms * 1_000_000)
                .boxed()
                .toList());
    }

    @Test
    void percentileIsTheNearestRank() {
        Samples samples = millis(1, 200);
        assertThat(samples.p50Ms()).isEqualTo(100);
        assertThat(samples.p95Ms()).isEqualTo(190);
        assertThat(samples.p99Ms()).isEqualTo(198);
        assertThat(samples.percentileMs(1)).isEqualTo(200);
    }

    @Test
    void percentileOfOneIsThatOne() {
        assertThat(millis(7, 7).percentileMs(0.001)).isEqualTo(7);
        assertThat(millis(7, 7).p99Ms()).isEqualTo(7);
    }

    @Test
    void orderOfSamplesDoesNotMatter() {
        assertThat(Samples.of(List.of(3_000_000L, 1_000_000L, 2_000_000L)).p50Ms())
                .isEqualTo(2);
    }

    @Test
    void nothingHasNoPercentile() {
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> millis(1, 2).percentileMs(0));
    }

    @Test
    void medianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0, 6.0))).isEqualTo(5.5);
    }

    @Test
    void slopeOfALineIsItsOwn() {
        double[] steps = {1, 2, 4, 8, 16};
        double[] ms = {1.05, 1.10, 1.20, 1.40, 1.80};
        assertThat(Statistics.slope(steps, ms)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void slopeOfScatteredPointsIsThatOfLeastSquares() {
        assertThat(Statistics.slope(new double[] {0, 1, 2}, new double[] {0, 2, 1}))
                .isEqualTo(0.5);
    }

    @Test
    void slopeNeedsTwoPlaces() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Statistics.slope(new double[] {3, 3}, new double[] {1, 2}));
    }
}
