package io.millrace.protocol.predicate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.value.JsonText;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredicateEvaluatorTest {
    private static final Map<String, Object> ROW = Map.of(
            "title",
            "graph search",
            "year",
            1998L,
            "score",
            0.5,
            "open",
            true,
            "big",
            9_007_199_254_740_993L,
            "tags",
            new JsonText("[\"db\", 7, 7.5, true, null, [\"inner\"], {\"a\": \"deep\"}, 9007199254740993]"));

    @ParameterizedTest
    @EnumSource(Comparison.class)
    void comparisonWithAMissingValueNeverHolds(Comparison comparison) {
        assertThat(holds(new Predicate.Compare("gone", comparison, 1L))).isFalse();
        assertThat(holds(new Predicate.CompareFields("gone", comparison, "year")))
                .isFalse();
        assertThat(holds(new Predicate.CompareFields("gone", comparison, "gone")))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(Comparison.class)
    void comparisonOfDifferentKindsNeverHolds(Comparison comparison) {
        assertThat(holds(new Predicate.Compare("year", comparison, "1998"))).isFalse();
        assertThat(holds(new Predicate.Compare("open", comparison, "true"))).isFalse();
        assertThat(holds(new Predicate.CompareFields("year", comparison, "title")))
                .isFalse();
    }

    @Test
    void numbersCompareByValueAcrossIntAndDouble() {
        assertThat(holds(new Predicate.Compare("year", Comparison.EQ, 1998.0))).isTrue();
        assertThat(holds(new Predicate.CompareFields("score", Comparison.LT, "year")))
                .isTrue();
        assertThat(holds(new Predicate.Compare("big", Comparison.EQ, 9_007_199_254_740_992.0)))
                .isFalse();
    }

    @Test
    void everyComparisonMeansWhatItSays() {
        assertThat(holds(new Predicate.Compare("year", Comparison.EQ, 1998L))).isTrue();
        assertThat(holds(new Predicate.Compare("year", Comparison.NE, 1998L))).isFalse();
        assertThat(holds(new Predicate.Compare("year", Comparison.GT, 1998L))).isFalse();
        assertThat(holds(new Predicate.Compare("year", Comparison.GTE, 1998L))).isTrue();
        assertThat(holds(new Predicate.Compare("year", Comparison.LT, 1999L))).isTrue();
        assertThat(holds(new Predicate.Compare("year", Comparison.LTE, 1997L))).isFalse();
    }

    @Test
    void notTurnsMissingIntoTrue() {
        assertThat(holds(new Predicate.Not(new Predicate.Compare("gone", Comparison.EQ, 1L))))
                .isTrue();
    }

    @Test
    void emptyAndHoldsAndEmptyOrDoesNot() {
        assertThat(holds(Predicate.ALWAYS)).isTrue();
        assertThat(holds(new Predicate.Or(List.of()))).isFalse();
    }

    @Test
    void inHoldsForAnyEqualValueOfTheSameKind() {
        assertThat(holds(new Predicate.In("year", List.of("1998", 1997L, 1998L))))
                .isTrue();
        assertThat(holds(new Predicate.In("year", List.of("1998")))).isFalse();
        assertThat(holds(new Predicate.In("year", List.of()))).isFalse();
        assertThat(holds(new Predicate.In("gone", List.of(1L)))).isFalse();
    }

    @Test
    void containsLooksIntoTextsAndIntoTheElementsOfAnArray() {
        assertThat(holds(new Predicate.Contains("title", "ph se"))).isTrue();
        assertThat(holds(new Predicate.Contains("title", "Graph"))).isFalse();
        assertThat(holds(new Predicate.Contains("title", 1L))).isFalse();
        assertThat(holds(new Predicate.Contains("tags", "db"))).isTrue();
        assertThat(holds(new Predicate.Contains("tags", 7L))).isTrue();
        assertThat(holds(new Predicate.Contains("tags", 7.5))).isTrue();
        assertThat(holds(new Predicate.Contains("tags", true))).isTrue();
        assertThat(holds(new Predicate.Contains("tags", false))).isFalse();
        assertThat(holds(new Predicate.Contains("year", 1L))).isFalse();
        assertThat(holds(new Predicate.Contains("gone", "x"))).isFalse();
    }

    @Test
    void containsLooksAtDirectElementsOnly() {
        assertThat(holds(new Predicate.Contains("tags", "inner"))).isFalse();
        assertThat(holds(new Predicate.Contains("tags", "deep"))).isFalse();
        assertThat(PredicateEvaluator.contains(new JsonText("{\"a\":1}"), 1L)).isFalse();
        assertThat(PredicateEvaluator.contains(new JsonText("\"text\""), "text"))
                .isFalse();
        assertThat(PredicateEvaluator.contains(new JsonText("[]"), 1L)).isFalse();
    }

    @Test
    void containsTellsNeighbouring64BitIdsApart() {
        assertThat(holds(new Predicate.Contains("tags", 9_007_199_254_740_993L)))
                .isTrue();
        assertThat(holds(new Predicate.Contains("tags", 9_007_199_254_740_992L)))
                .isFalse();
    }

    @Test
    void startsWithIsForTexts() {
        assertThat(holds(new Predicate.StartsWith("title", "graph"))).isTrue();
        assertThat(holds(new Predicate.StartsWith("title", "search"))).isFalse();
        assertThat(holds(new Predicate.StartsWith("year", "19"))).isFalse();
    }

    @Test
    void existsAsksForTheValueItself() {
        assertThat(holds(new Predicate.Exists("year", true))).isTrue();
        assertThat(holds(new Predicate.Exists("gone", true))).isFalse();
        assertThat(holds(new Predicate.Exists("gone", false))).isTrue();
    }

    @Test
    void predicateNamesEveryFieldItReads() {
        Predicate all = new Predicate.And(List.of(
                new Predicate.Or(List.of(new Predicate.Compare("a", Comparison.EQ, 1L))),
                new Predicate.Not(new Predicate.CompareFields("b", Comparison.EQ, "c")),
                new Predicate.In("d", List.of()),
                new Predicate.Contains("e", "x"),
                new Predicate.StartsWith("f", "x"),
                new Predicate.Exists("g", true)));

        assertThat(all.fields()).containsExactly("a", "b", "c", "d", "e", "f", "g");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void deMorganHolds(long seed) {
        RandomPredicates random = new RandomPredicates(seed);
        for (int i = 0; i < 1_000; i++) {
            Predicate a = random.next(2);
            Predicate b = random.next(2);
            Predicate.Row row = random.row();
            boolean notBoth = PredicateEvaluator.matches(new Predicate.Not(new Predicate.And(List.of(a, b))), row);
            boolean eitherNot = PredicateEvaluator.matches(
                    new Predicate.Or(List.of(new Predicate.Not(a), new Predicate.Not(b))), row);
            assertThat(notBoth).as("%s, %s", a, b).isEqualTo(eitherNot);
        }
    }

    private static boolean holds(Predicate predicate) {
        return PredicateEvaluator.matches(predicate, ROW::get);
    }
}
