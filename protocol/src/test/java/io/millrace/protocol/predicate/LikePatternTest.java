package io.millrace.protocol.predicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Rounds;
import io.millrace.protocol.ShardRouting;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LikePatternTest {
    private static final String[] TEXTS = {"a", "b", "%", "_", "\\", "\n", "😀"};

    @Test
    void wholeTextMustMatch() {
        assertThat(LikePattern.matches("graph", "gr%")).isTrue();
        assertThat(LikePattern.matches("graph", "%ap_")).isTrue();
        assertThat(LikePattern.matches("graph", "rap")).isFalse();
        assertThat(LikePattern.matches("Graph", "graph")).isFalse();
        assertThat(LikePattern.matches("", "%")).isTrue();
        assertThat(LikePattern.matches("", "_")).isFalse();
    }

    @Test
    void backslashTakesTheMeaningAway() {
        assertThat(LikePattern.matches("100%", "100\\%")).isTrue();
        assertThat(LikePattern.matches("1000", "100\\%")).isFalse();
        assertThat(LikePattern.matches("a\\", "a\\")).isTrue();
    }

    @Test
    void underscoreIsOneCodePoint() {
        assertThat(LikePattern.matches("a😀b", "a_b")).isTrue();
        assertThat(LikePattern.matches("a😀b", "a__b")).isFalse();
    }

    /** What takes exponential time with back-tracking must end soon. */
    @Test
    void manyWildcardsAreNoTrap() {
        assertThat(LikePattern.matches("a".repeat(2_000), "%a".repeat(500) + "b"))
                .isFalse();
    }

    @Test
    void meansWhatTheRegularExpressionMeans() {
        for (int seed = 0; seed < Rounds.of(5_000); seed++) {
            Random random = new Random(seed);
            String text = text(random);
            String pattern = text(random);
            assertThat(LikePattern.matches(text, pattern))
                    .as("seed %d: \"%s\" like \"%s\"", seed, text, pattern)
                    .isEqualTo(Pattern.compile(regex(pattern), Pattern.DOTALL)
                            .matcher(text)
                            .matches());
        }
    }

    @Test
    void rowIdIsAnUnsignedNumber() {
        assertThat(ShardRouting.rowId("17", true)).isEqualTo("17");
        assertThat(ShardRouting.rowId("-1", true)).isEqualTo("18446744073709551615");
        assertThat(ShardRouting.rowId("17", false)).isEqualTo(Long.toUnsignedString(ShardRouting.hash("17")));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(7); left > 0; left--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return text.toString();
    }

    private static String regex(String pattern) {
        StringBuilder regex = new StringBuilder();
        int[] points = pattern.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            boolean escapes = points[i] == '\\' && i + 1 < points.length;
            String literal = Character.toString(escapes ? points[i + 1] : points[i]);
            regex.append(points[i] == '%' ? ".*" : points[i] == '_' ? "." : Pattern.quote(literal));
            i += escapes ? 1 : 0;
        }
        return regex.toString();
    }
}
