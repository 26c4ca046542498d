package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
    private static final int HEADER_BYTES = 16;
    private static final int BLOCK_BYTES = 1 << 22;

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "8, 4",
        "16, 4",
        "32, 4",
        "128, 1",
        "128, 4",
        "16, 8",
        "7, 8",
        "784, 1",
        "784, 4",
        "65536, 4",
        "2000000, 4"
    })
    void slotsLieBehindEachOtherInArraysOfNearlyFourMegabytes(int stride, int elementBytes) {
        Blocks layout = new Blocks(stride, elementBytes);
        int first = layout.offset(0);
        int slots = layout.capacity(Integer.MAX_VALUE / 2) / layout.count(Integer.MAX_VALUE / 2);

        assertThat((first * elementBytes + HEADER_BYTES) % 128).isZero();
        for (long block = 0; block * slots + slots <= Integer.MAX_VALUE; block += 1 + block / 3) {
            int from = (int) (block * slots);
            int last = from + slots - 1;
            assertThat(layout.block(from)).isEqualTo((int) block);
            assertThat(layout.offset(from)).isEqualTo(first);
            assertThat(layout.block(last)).isEqualTo((int) block);
            assertThat(layout.offset(last)).isEqualTo(first + (slots - 1) * stride);
        }
        long bytes = (long) layout.length(0, slots) * elementBytes + HEADER_BYTES;
        assertThat(bytes).isGreaterThan(BLOCK_BYTES - 2 * 128L - (long) stride * elementBytes);
        if (slots > 1) {
            assertThat(bytes).isLessThanOrEqualTo(BLOCK_BYTES);
        }
    }

    @ParameterizedTest
    @CsvSource({"32, 4", "784, 4", "128, 1"})
    void onlyTheFirstArrayGrows(int stride, int elementBytes) {
        Blocks layout = new Blocks(stride, elementBytes);
        int slots = layout.capacity(Integer.MAX_VALUE / 2) / layout.count(Integer.MAX_VALUE / 2);

        assertThat(layout.capacity(1)).isEqualTo(16);
        assertThat(layout.capacity(17)).isEqualTo(32);
        assertThat(layout.capacity(slots - 1)).isEqualTo(slots);
        assertThat(layout.count(slots)).isEqualTo(1);
        assertThat(layout.capacity(slots + 1)).isEqualTo(2 * slots);
        assertThat(layout.count(2 * slots)).isEqualTo(2);
        assertThat(layout.length(0, 32)).isEqualTo(layout.offset(0) + 32 * stride);
        assertThat(layout.length(1, 2 * slots)).isEqualTo(layout.length(0, slots));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "16", "1000", "40000", "100000"})
    void arraysTellHowManySlotsTheyHold(int wanted) {
        Blocks layout = new Blocks(32, Integer.BYTES);
        int capacity = wanted == 0 ? 0 : layout.capacity(wanted);
        int count = layout.count(capacity);

        assertThat(layout.held(count, count == 0 ? 0 : layout.length(count - 1, capacity)))
                .isEqualTo(capacity)
                .isGreaterThanOrEqualTo(wanted);
    }
}
