package io.millrace.planner.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Conditions and patterns as text. */
class ExplainTextTest {
    private static final Predicate A = new Predicate.Compare("a", Comparison.GTE, 1L);
    private static final Predicate B = new Predicate.Compare("b", Comparison.NE, "it's");

    private static final Map<Predicate, String> PREDICATES = Map.of(
            new Predicate.And(List.of(A, new Predicate.Or(List.of(A, B)))),
            "a >= 1 AND (a >= 1 OR b != 'it''s')",
            new Predicate.Or(List.of(new Predicate.And(List.of(A, B)), A)),
            "(a >= 1 AND b != 'it''s') OR a >= 1",
            new Predicate.Not(new Predicate.And(List.of(A, B))),
            "NOT (a >= 1 AND b != 'it''s')",
            A,
            "a >= 1",
            new Predicate.CompareFields("a", Comparison.LT, "b"),
            "a < b",
            new Predicate.In("a", List.of(1.5, 2.0)),
            "a IN (1.5, 2.0)",
            new Predicate.Contains("b", "x"),
            "b CONTAINS 'x'",
            new Predicate.StartsWith("b", "x"),
            "b STARTS WITH 'x'",
            new Predicate.Like("b", "x%"),
            "b LIKE 'x%'",
            new Predicate.Exists("b", false),
            "b IS NULL");

    @Test
    void predicatesReadAsStatementsWriteThem() {
        PREDICATES.forEach(
                (predicate, text) -> assertThat(PredicateText.of(predicate)).isEqualTo(text));
        assertThat(PredicateText.of(new Predicate.Or(List.of()))).isEqualTo("false");
        assertThat(PredicateText.of(Predicate.ALWAYS)).isNull();
    }

    @Test
    void everyKindOfPredicateHasAText() {
        Set<Class<?>> shown = PREDICATES.keySet().stream().map(Object::getClass).collect(Collectors.toSet());

        assertThat(shown).containsExactlyInAnyOrder(Predicate.class.getPermittedSubclasses());
    }

    @Test
    void conditionsNameTheColumns() {
        Condition rare = new Condition.Compare(new ColumnValue(1, true), Comparison.EQ, new Constant(0L));
        Condition in = new Condition.In(new ColumnValue(0, false), List.of("x"));
        Condition all = new Condition.And(
                List.of(new Condition.Or(List.of(rare, in)), new Condition.Not(rare), new Condition.IsNull(0, false)));

        assertThat(ConditionText.of(all, List.of("id", "s3.count")))
                .isEqualTo("(s3.count = 0 OR id IN ('x')) AND NOT s3.count = 0 AND id IS NOT NULL");
    }

    @Test
    void edgeThatGoesBothWaysHasNoArrow() {
        List<Vertices> people = List.of(new Vertices(1, "people", true, List.of()));
        PatternVertex any = new PatternVertex(null, List.of(new Label(0, Predicate.ALWAYS, null)));
        List<Hop> both = List.of(
                new Hop(new EdgeLookup(0, 2, true), "KNOWS", 0), new Hop(new EdgeLookup(0, 2, false), "KNOWS", 0));
        PatternEdge edge = new PatternEdge("k", both, A, B, 2, 2);

        assertThat(PatternText.of(new Pattern(people, List.of(any, any), List.of(edge))))
                .isEqualTo("(:people)-[k:KNOWS*2 WHERE every a >= 1 AND any b != 'it''s']-(:people)");
    }

    /** The text of what is very long is not made and then cut: work stays bounded, too. */
    @Test
    void longConditionsAreCutAndLongListsCounted() {
        List<Predicate> many = new ArrayList<>();
        IntStream.range(0, 10_000).forEach(i -> many.add(A));

        assertThat(PredicateText.of(new Predicate.And(many)))
                .hasSize(BoundedText.CHARACTERS_MAX + 1)
                .endsWith("…");
        List<Object> values =
                IntStream.range(0, 10_000).mapToObj(i -> (Object) (long) i).toList();
        assertThat(PredicateText.of(new Predicate.In("a", values))).isEqualTo("a IN (0, 1, 2, 3, 4, … 9995 more)");
    }
}
