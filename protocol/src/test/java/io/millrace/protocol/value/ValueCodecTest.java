package io.millrace.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Golden;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueCodecTest {
    @Test
    void committedBytesOfEveryTypeStillReadAndAreStillWritten() {
        Map<String, byte[]> written = new LinkedHashMap<>();
        Map<String, @Nullable Object> examples = examples();
        examples.forEach((name, value) -> written.put(name, bytes(value)));

        Golden.verifyBytes("values-v1.hex", written);
        Golden.readBytes("values-v1.hex")
                .forEach((name, bytes) -> assertThat(
                                Objects.deepEquals(new ValueReader(bytes).readValue(), examples.get(name)))
                        .as(name)
                        .isTrue());
    }

    private static Map<String, @Nullable Object> examples() {
        Map<String, @Nullable Object> examples = new LinkedHashMap<>();
        examples.put("null", null);
        examples.put("false", false);
        examples.put("true", true);
        examples.put("long", -2L);
        examples.put("long-max", Long.MAX_VALUE);
        examples.put("double", 0.1);
        examples.put("string", "a\u00fc\u20ac\ud83d\ude00");
        examples.put("vector", new float[] {1.5f, -0.0f});
        examples.put("json", new JsonText("[1,{\"a\":null}]"));
        examples.put("numbers", new double[] {1, 2.5});
        return examples;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyValueComesBackAsItWasWritten(long seed) {
        RandomValues random = new RandomValues(seed);
        List<@Nullable Object> values = new ArrayList<>();
        ValueWriter writer = new ValueWriter(1);
        for (int i = 0; i < 500; i++) {
            Object value = random.next();
            values.add(value);
            writer.writeValue(value);
        }

        ValueReader reader = new ValueReader(writer.toBytes());
        ValueReader skipper = new ValueReader(writer.toBytes());
        for (Object value : values) {
            Object read = reader.readValue();
            skipper.skipValue();
            assertThat(Objects.deepEquals(read, value)).as("%s", value).isTrue();
            assertThat(skipper.position()).as("behind %s", value).isEqualTo(reader.position());
        }
        assertThat(reader.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void everyIntIsAVarint(int value) {
        ValueWriter writer = new ValueWriter(1);
        writer.writeVarint(value);

        assertThat(new ValueReader(writer.toBytes()).readVarint()).isEqualTo(value);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {6, 7})
    void truncatedBytesAreRefusedAndNotPadded(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = bytes(random.next());
            byte[] truncated = Arrays.copyOf(bytes, bytes.length - 1);
            assertThatThrownBy(() -> new ValueReader(truncated).readValue())
                    .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalStateException.class);
        }
        ValueWriter writer = new ValueWriter();
        writer.writeBytes(new byte[] {1, 2, 3});
        byte[] truncated = Arrays.copyOf(writer.toBytes(), 3);
        assertThatThrownBy(() -> new ValueReader(truncated).readBytes()).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void writerCanBeUsedAgainAndCutBack() {
        ValueWriter writer = new ValueWriter(1);
        writer.writeString("first");
        writer.reset();
        writer.writeString("a");
        int length = writer.length();
        writer.writeLongValue(1);
        writer.truncate(length);

        assertThat(writer.toBytes()).containsExactly(1, 'a');
    }

    @Test
    void valueOfAnUnknownClassIsRefused() {
        assertThatThrownBy(() -> new ValueWriter().writeValue(BigDecimal.ONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BigDecimal");
        assertThatThrownBy(() -> new ValueReader(new byte[] {99}).readValue())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("99");
    }

    private static byte[] bytes(@Nullable Object value) {
        ValueWriter writer = new ValueWriter(1);
        writer.writeValue(value);
        return writer.toBytes();
    }
}
