package io.millrace.protocol.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.value.RandomValues;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompositeKeyTest {
    @Test
    void separatorAndEscapeAreEscapedInsideAPart() {
        assertThat(CompositeKey.join(List.of("a|b", "c\\", ""))).isEqualTo("a\\|b|c\\\\|");
        assertThat(CompositeKey.split("a\\|b|c\\\\|")).containsExactly("a|b", "c\\", "");
    }

    @Test
    void differentPartsNeverMakeTheSameKey() {
        assertThat(CompositeKey.join(List.of("a", "b|c"))).isNotEqualTo(CompositeKey.join(List.of("a|b", "c")));
        assertThat(CompositeKey.join(List.of("a\\", "b"))).isNotEqualTo(CompositeKey.join(List.of("a", "\\b")));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void splitUndoesJoin(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int i = 0; i < 1_000; i++) {
            List<String> parts = new ArrayList<>();
            for (int left = 1 + i % 4; left > 0; left--) {
                parts.add(i % 3 == 0 ? random.nextText() : "|\\a".repeat(left) + "\\".repeat(i % 5));
            }
            assertThat(CompositeKey.split(CompositeKey.join(parts))).isEqualTo(parts);
        }
    }
}
