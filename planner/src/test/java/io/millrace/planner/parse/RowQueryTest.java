package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.RowQuery.OfKey;
import io.millrace.planner.plan.RowQuery.OfKeyColumn;
import io.millrace.planner.plan.RowQuery.OfVectorColumn;
import io.millrace.planner.plan.RowQuery.Row;
import io.millrace.planner.plan.RowQuery.StoredVector;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.Problem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowQueryTest {
    private static final long EVENTS =
            Samples.catalog().collection("events").orElseThrow().id();
    private static final StoredVector STORED = new StoredVector(EVENTS, "events", false, "v");

    private static PlanParser.Parsed parse(String query) {
        return Samples.parse(
                json("{'steps': ["
                        + step(
                                "d",
                                "document.scan",
                                "{'collection': 'events', 'project': ['key', 'platform', 'price', 'v']}")
                        + ","
                        + step("c", "compute.aggregate", "{'input': 'd', 'group_by': 'platform'}")
                        + ","
                        + step("s", "vector.search", "{'index': 'events_v', 'query_ref': " + query + "}")
                        + "]}"),
                Map.of("k", json("'given'")));
    }

    private static RowQuery read(String query) {
        Plan plan = Objects.requireNonNull(
                parse(query).plan(), () -> parse(query).problems().toString());
        VectorSearch search = (VectorSearch) plan.steps().get(2);
        assertThat(search.search().query()).isEmpty();
        assertThat(Explain.plan(plan, 1).text()).contains("query: row\n");
        return (RowQuery) Objects.requireNonNull(search.later());
    }

    private static void assertRow(String query, Row row) {
        assertThat(read(query)).isEqualTo(new RowQuery(row, 3, query.contains("exclude")));
    }

    @Test
    void rowIsThatOfAStepOrOfAKey() {
        assertRow("{'id': 'e1'}", new OfKey(STORED, "e1"));
        assertRow("{'id': 7, 'collection': 'events', 'field': 'v', 'exclude_self': true}", new OfKey(STORED, "7"));
        assertRow("{'id': '$k'}", new OfKey(STORED, "given"));
        assertRow("{'ref': 'd'}", new OfKeyColumn(STORED, 0, 0));
        assertRow("{'ref': 'd', 'field': 'platform'}", new OfKeyColumn(STORED, 0, 1));
        assertRow("{'ref': 'd', 'field': 'v', 'exclude_self': true}", new OfVectorColumn(0, 3, 0));
        assertThat(Objects.requireNonNull(parse("{'ref': 'd'}").plan())
                        .steps()
                        .get(2)
                        .dependencies())
                .containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; INVALID_PLAN; .ref",
                "{'ref': 'd', 'id': 'e'}; INVALID_PLAN; .ref",
                "{'ref': 'nope'}; INVALID_REFERENCE; .ref",
                "{'ref': ['d']}; INVALID_TYPE; .ref",
                "{'ref': 'd', 'field': 'w'}; NOT_FOUND_FIELD; .field",
                "{'ref': 'd', 'field': 'price'}; INVALID_TYPE; .field",
                "{'ref': 'c'}; NOT_FOUND_FIELD; .field",
                "{'ref': 'd', 'collection': 'events'}; INVALID_FIELD; .collection",
                "{'ref': 'd', 'nope': 1}; INVALID_FIELD; .nope",
                "{'ref': 'd', 'exclude_self': 3}; INVALID_TYPE; .exclude_self",
                "{'id': ['e']}; INVALID_VALUE; .id",
                "{'id': 'x', 'collection': 'Person'}; INVALID_VALUE; .id",
                "{'id': 'x', 'collection': 'Game'}; NOT_FOUND_FIELD; .field",
                "{'id': 'x', 'collection': 'two'}; INVALID_AMBIGUOUS; .field",
                "{'id': 'x', 'collection': 'two', 'field': 'a'}; INVALID_DIMENSION; .field",
                "{'id': 'x', 'collection': 'twwo'}; NOT_FOUND_COLLECTION; .collection",
                "{'id': 'x', 'field': 'nope'}; NOT_FOUND_FIELD; .field",
                "{'id': 'x', 'field': 'price'}; INVALID_TYPE; .field",
                "{'id': 'x', 'collection': 'two', 'exclude_self': true}; INVALID_PLAN; .exclude_self",
                "7; INVALID_PLAN; ''",
            })
    void everyViolationIsNamedAtItsPlace(String query, String code, String at) {
        assertThat(parse(query).problems())
                .extracting(problem -> problem.code() + " " + problem.path())
                .contains(code + " $.plan.steps[2].params.query_ref" + at);
    }

    @Test
    void allViolationsAreReportedAtOnce() {
        assertThat(parse("{'id': 'x', 'collection': 'Person', 'exclude_self': true, 'more': 1}")
                        .problems())
                .extracting(Problem::path)
                .isEqualTo(List.of(
                        "$.plan.steps[2].params.query_ref.exclude_self",
                        "$.plan.steps[2].params.query_ref.field",
                        "$.plan.steps[2].params.query_ref.id",
                        "$.plan.steps[2].params.query_ref.more"));
    }
}
