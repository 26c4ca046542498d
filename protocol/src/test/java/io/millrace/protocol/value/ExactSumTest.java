package io.millrace.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactSumTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void equalsTheSumOfDecimalsInAnyOrderAndAnySplit(long seed) {
        Random random = new Random(seed);
        List<Double> numbers = new ArrayList<>();
        BigDecimal exact = BigDecimal.ZERO;
        for (int i = 0; i < 200; i++) {
            double number = Math.scalb(random.nextGaussian(), random.nextInt(120) - 60);
            numbers.add(number);
            exact = exact.add(new BigDecimal(number));
            if (random.nextInt(3) == 0) {
                numbers.add(-number);
                exact = exact.subtract(new BigDecimal(number));
            }
        }
        double expected = exact.doubleValue();

        assertThat(sum(numbers).value()).isEqualTo(expected);
        Collections.shuffle(numbers, random);
        int cut = random.nextInt(numbers.size());
        ExactSum joined = sum(numbers.subList(cut, numbers.size()));
        joined.addAll(sum(numbers.subList(0, cut)).parts());
        assertThat(joined.value()).isEqualTo(expected);
    }

    private static ExactSum sum(List<Double> numbers) {
        ExactSum sum = new ExactSum();
        numbers.forEach(sum::add);
        return sum;
    }

    @Test
    void roundsOnceAndHalfToEven() {
        assertThat(sum(List.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
                        .value())
                .isEqualTo(1.0);
        assertThat(sum(List.of(1e100, 1.0, -1e100)).value()).isEqualTo(1.0);
        // Half an ulp above 1, and a little more.
        assertThat(sum(List.of(1.0, 0x1p-53, 0x1p-106)).value()).isEqualTo(Math.nextUp(1.0));
        assertThat(sum(List.of(1.0, 0x1p-53)).value()).isEqualTo(1.0);
    }

    @Test
    void nothingIsPlainZero() {
        assertThat(Double.doubleToRawLongBits(new ExactSum().value())).isZero();
        assertThat(Double.doubleToRawLongBits(sum(List.of(-0.0)).value())).isZero();
        assertThat(new ExactSum().parts()).isEmpty();
    }

    @Test
    void whatIsBeyondDoublesStaysSo() {
        ExactSum sum = sum(List.of(Double.MAX_VALUE, Double.MAX_VALUE));
        assertThat(sum.value()).isEqualTo(Double.POSITIVE_INFINITY);
        ExactSum other = new ExactSum();
        other.addAll(sum.parts());
        assertThat(other.value()).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
