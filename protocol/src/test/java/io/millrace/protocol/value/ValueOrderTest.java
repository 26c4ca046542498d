package io.millrace.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueOrderTest {
    @Test
    void stringsOrderByCodePointWhereJavaOrdersByCharacter() {
        String lastOfTheBasicPlane = "\uffff";
        String firstBeyond = "\ud800\udc00";

        assertThat(lastOfTheBasicPlane.compareTo(firstBeyond)).isPositive();
        assertThat(ValueOrder.compareUtf8(lastOfTheBasicPlane, firstBeyond)).isNegative();
        assertThat(ValueOrder.compareUtf8(firstBeyond, "\ue000")).isPositive();
        assertThat(ValueOrder.compareUtf8("a", "ab")).isNegative();
        assertThat(ValueOrder.compareUtf8("", "")).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void stringsOrderLikeTheirUtf8Bytes(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int i = 0; i < 2_000; i++) {
            String a = random.nextText();
            String b = random.nextText();
            int bytes = Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
            assertThat(Integer.signum(ValueOrder.compareUtf8(a, b)))
                    .as("%s, %s", a, b)
                    .isEqualTo(Integer.signum(bytes));
        }
    }

    @Test
    void longsAndDoublesCompareExactlyBeyondTwoToTheFiftyThird() {
        long odd = (1L << 53) + 1;

        assertThat(ValueOrder.compare(odd, 0x1p53)).isPositive();
        assertThat(ValueOrder.compare(0x1p53, odd)).isNegative();
        assertThat(ValueOrder.compare(1L << 53, 0x1p53)).isZero();
        assertThat(ValueOrder.compare(Long.MAX_VALUE, 0x1p63)).isNegative();
        assertThat(ValueOrder.compare(Long.MIN_VALUE, -0x1p63)).isZero();
        assertThat(ValueOrder.compare(0L, -0.5)).isPositive();
        assertThat(ValueOrder.compare(0L, Double.NEGATIVE_INFINITY)).isPositive();
        assertThat(ValueOrder.compare(Long.MAX_VALUE, Double.NaN)).isNegative();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23})
    void numbersOrderLikeDecimals(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int i = 0; i < 2_000; i++) {
            Number a = i % 2 == 0 ? (Number) random.nextLong() : (Number) random.nextDouble();
            Number b = i % 3 == 0 ? (Number) random.nextLong() : (Number) random.nextDouble();
            assertThat(Integer.signum(ValueOrder.compare(a, b)))
                    .as("%s, %s", a, b)
                    .isEqualTo(decimal(a).compareTo(decimal(b)));
        }
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof Long l ? BigDecimal.valueOf(l) : new BigDecimal(number.doubleValue());
    }

    @Test
    void bothZerosAreOne() {
        assertThat(ValueOrder.compare(0.0, -0.0)).isZero();
        assertThat(ValueOrder.compare(0L, -0.0)).isZero();
    }

    @Test
    void kindsOrderAndNullIsLast() {
        List<@Nullable Object> values = new ArrayList<>(
                Arrays.asList(null, new JsonText("1"), new float[] {1}, "a", Double.NaN, 1L, true, false));
        values.sort(ValueOrder.ASCENDING);

        assertThat(values.subList(0, 5)).containsExactly(false, true, 1L, Double.NaN, "a");
        assertThat(values.get(5)).isInstanceOf(float[].class);
        assertThat(values.get(6)).isEqualTo(new JsonText("1"));
        assertThat(values.get(7)).isNull();
        assertThat(ValueOrder.comparable(1L, 1.0)).isTrue();
        assertThat(ValueOrder.comparable(1L, "1")).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33})
    void orderIsTotal(long seed) {
        RandomValues random = new RandomValues(seed);
        List<@Nullable Object> values = new ArrayList<>();
        while (values.size() < 60) {
            Object value = random.next();
            if (!(value instanceof double[])) { // No field holds one: the shard turns it into a vector or JSON.
                values.add(value);
            }
        }
        for (Object a : values) {
            for (Object b : values) {
                int ab = Integer.signum(ValueOrder.compare(a, b));
                assertThat(ab).as("%s, %s", a, b).isEqualTo(-Integer.signum(ValueOrder.compare(b, a)));
                for (Object c : values) {
                    if (ab <= 0 && ValueOrder.compare(b, c) <= 0) {
                        assertThat(ValueOrder.compare(a, c))
                                .as("%s, %s, %s", a, b, c)
                                .isNotPositive();
                    }
                }
            }
        }
    }
}
