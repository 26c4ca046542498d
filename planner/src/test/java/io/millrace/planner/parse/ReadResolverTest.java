package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.parse;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.planner.Samples;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

public class ReadResolverTest {
    /** Returns the plan of the steps against a catalog. */
    public static Plan plan(Catalog catalog, String... steps) {
        var parsed = new PlanParser(catalog, PlanLimits.DEFAULT, new PatternText())
                .parse(
                        json("{'steps': [" + String.join(",", steps) + "]}"),
                        Map.of(),
                        SearchOptions.NONE,
                        Samples.NOW_MS);
        return Objects.requireNonNull(parsed.plan(), () -> parsed.problems().toString());
    }

    private static List<Problem> problems(String params) {
        String scan = step("s", "document.scan", "{'collection': 'events'}");
        return parse("{'steps': [" + scan + "," + step("r", "compute.read", params) + "]}")
                .problems();
    }

    private static Arguments wrong(String params, String... expected) {
        return arguments(params, List.of(expected));
    }

    static Stream<Arguments> violations() {
        String members = "'filter': {'member_set': {'ids': ['a']}}";
        return Stream.of(
                wrong("{}", "INVALID_PLAN type"),
                wrong("{'type': 5, 'limits': 1}", "INVALID_TYPE type", "INVALID_FIELD limits"),
                wrong("{'type': 'cluster_inf'}", "INVALID_VALUE type"),
                wrong("{'type': 'degree', 'collection': 'Member'}", "INVALID_PLAN filter"),
                wrong("{'type': 'degree', " + members + "}", "INVALID_PLAN collection"),
                wrong(
                        "{'type': 'degree', 'collection': 'Member', 'entity_type': 'Member', " + members + "}",
                        "INVALID_PLAN entity_type"),
                wrong(
                        "{'type': 'degree', 'collection': 'Membr', 'edge_types': ['OpenGame'], 'direction': 'up', "
                                + members + "}",
                        "INVALID_VALUE direction",
                        "NOT_FOUND_EDGE_TYPE edge_types[0]",
                        "NOT_FOUND_COLLECTION collection"),
                wrong(
                        "{'type': 'degree', 'collection': 'Member', 'edge_types': 'KNOWS', " + members + "}",
                        "INVALID_VALUE edge_types"),
                wrong("{'type': 'degree', 'collection': 'Member', 'top_k': 0}", "INVALID_LIMIT top_k"),
                wrong("{'type': 'degree', 'collection': 'Member', 'top_k': '3'}", "INVALID_TYPE top_k"),
                wrong("{'type': 'collection_stats', 'top_k': 3}", "INVALID_FIELD top_k"),
                wrong("{'type': 'index_status', 'index': 'event_v'}", "NOT_FOUND_INDEX index"),
                wrong("{'type': 'index_status', 'collection': 'events'}", "INVALID_FIELD collection"),
                wrong(
                        "{'type': 'index_status', 'filter': {'lag_ms': {'gt': 1}}, 'order_by': 'lag_ms',"
                                + " 'project': ['lag_ms']}",
                        "INVALID_FIELD filter",
                        "INVALID_FIELD order_by",
                        "INVALID_FIELD project"),
                wrong("{'type': 'collection_stats', 'collection': 'evnts'}", "NOT_FOUND_COLLECTION collection"),
                wrong("{'type': 'cluster_info', 'collection': 'two'}", "NOT_FOUND_INDEX index"),
                wrong("{'type': 'cluster_info', 'index': 'events_v', 'collection': 'two'}", "INVALID_VALUE index"),
                wrong(
                        "{'type': 'cluster_info', 'filter': {'clstr': 1, 'size': 'big'}, 'project': ['nope'],"
                                + " 'order_by': 'nope', 'limit': 0}",
                        "INVALID_LIMIT limit",
                        "NOT_FOUND_FIELD filter.clstr",
                        "INVALID_VALUE filter.size",
                        "NOT_FOUND_FIELD project[0]",
                        "NOT_FOUND_FIELD order_by"),
                wrong("{'type': 'Member', 'filter': {'member_set': 5}}", "INVALID_PLAN filter.member_set"),
                wrong("{'type': 'Member', 'filter': {'member_set': {}}}", "INVALID_PLAN filter.member_set.ref"),
                wrong(
                        "{'type': 'Member', 'filter': {'member_set': {'ref': 's'}}}",
                        "INVALID_PLAN filter.member_set.field"),
                wrong(
                        "{'type': 'Member', 'filter': {'member_set': {'ref': 's', 'field': 'membrCode'}}}",
                        "NOT_FOUND_FIELD filter.member_set.field"),
                wrong(
                        "{'type': 'Member', 'filter': {'member_set': {'ref': 's', 'field': 'price'}}}",
                        "INVALID_TYPE filter.member_set.field"),
                wrong(
                        "{'type': 'Member', 'filter': {'member_set': {'ref': 'x', 'field': 'id'}}}",
                        "INVALID_REFERENCE filter.member_set.ref"),
                wrong(
                        "{'type': 'Person', 'filter': {'member_set': {'ids': [1, 'x', true], 'feld': 1}}}",
                        "INVALID_FIELD filter.member_set.feld",
                        "INVALID_VALUE filter.member_set.ids[1]",
                        "INVALID_VALUE filter.member_set.ids[2]"),
                wrong(
                        "{'type': 'Member', 'filter': {'member_set': {'ids': 'm1'}}}",
                        "INVALID_TYPE filter.member_set.ids"),
                wrong("{'type': 'Member', 'filter': {'ag': 3}}", "NOT_FOUND_FIELD filter.ag"),
                wrong("{'type': 'Member', 'collection': 'Member'}", "INVALID_FIELD collection"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void everythingThatIsWrongIsReportedAtItsPath(String params, List<String> expected) {
        assertThat(problems(params))
                .extracting(problem -> problem.code() + " "
                        + Objects.requireNonNull(problem.path()).replace("$.plan.steps[1].params.", ""))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void anUnknownTypeHasTheNearestNameOfAllThatCouldBeMeant() {
        assertThat(problems("{'type': 'cluster_inf'}").get(0).nearest()).isEqualTo("cluster_info");
        assertThat(problems("{'type': 'Membr'}").get(0).nearest()).isEqualTo("Member");
        assertThat(problems("{'type': 'Logn'}").get(0).nearest()).isEqualTo("Login");
        assertThat(problems("{'type': 'x'}").get(0).allowed()).contains("degree", "Member", "Login");
    }

    @Test
    void severalIndexesThatCouldBeMeantAreNamed() {
        Catalog catalog = Samples.after(Samples.catalog(), "r-0", "CREATE VECTOR INDEX two_a ON two(a)");
        var parsed = new PlanParser(catalog, PlanLimits.DEFAULT, new PatternText())
                .parse(
                        json("{'steps': [" + step("r", "compute.read", "{'type': 'cluster_info'}") + "]}"),
                        Map.of(),
                        SearchOptions.NONE,
                        Samples.NOW_MS);

        assertThat(parsed.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).hasToString("INVALID_AMBIGUOUS");
            assertThat(problem.allowed()).containsExactlyInAnyOrder("events_v", "two_a");
        });
        plan(catalog, step("r", "compute.read", "{'type': 'cluster_info', 'collection': 'two'}"));
    }

    @Test
    void explainSaysWhatIsRead() {
        Plan plan = Samples.plan(
                step("a", "compute.read", "{'type': 'Member'}"),
                step("b", "compute.read", "{'type': 'Member', 'filter': {'member_set': {'ref': 'a', 'field': 'id'}}}"),
                step("c", "compute.read", "{'type': 'cluster_info', 'limit': 5}"),
                step("d", "compute.read", "{'type': 'index_status', 'index': 'events_v', 'limit': 5}"),
                step("e", "compute.read", "{'type': 'collection_stats', 'collection': 'Game', 'limit': 5}"),
                step(
                        "f",
                        "compute.read",
                        "{'type': 'degree', 'entity_type': 'Member', 'filter': {'member_set': {'ids': []}}, 'limit':"
                                + " 5}"));

        assertThat(List.of(0, 1, 2, 3, 4, 5))
                .extracting(place -> Explain.summary(plan, place).toString())
                .containsExactly(
                        "{op=compute.read, path=SCAN}",
                        "{op=compute.read, path=KEYS}",
                        "{op=compute.read, index=events_v}",
                        "{op=compute.read, index=events_v}",
                        "{op=compute.read}",
                        "{op=compute.read}");
        assertThat(plan.steps().get(1).dependencies()).containsExactly(0);
    }
}
