package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraverseRetentionTest {
    private static final Catalog CATALOG = Samples.after(
            Samples.after(
                    Samples.catalog(), "met", "CREATE EDGE TYPE Met FROM Member TO Member WITH (retention = '2d')"),
            "won",
            "CREATE EDGE TYPE Won FROM Game TO Game WITH (retention = '1h')");

    /** A walk along outgoing edges of all types from members reaches games, and so follows edges of both types. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'edge_types': ['Met'], 'time_range': {'last': '2d'}}; true",
                "{'edge_types': ['Met'], 'time_range': {'last': '49h'}}; false",
                "{'edge_types': ['Met'], 'time_range': {'to': 1}}; true",
                "{'edge_types': ['OpenedGame'], 'time_range': {'last': '400d'}}; true",
                "{'edge_types': ['OpenedGame', 'Met'], 'time_range': {'last': '3d'}}; false",
                "{'time_range': {'last': '1h'}}; true",
                "{'time_range': {'last': '2h'}}; false",
            })
    void timeRangeIsWithinTheShortestRetentionThatIsFollowed(String params, boolean accepted) {
        String walk = "{'start': {'ids': ['m'], 'entity_type': 'Member'}, " + params.substring(1);
        List<Problem> problems = new PlanParser(CATALOG, PlanLimits.DEFAULT, new PatternText())
                .parse(
                        json("{'steps': [" + step("s", "graph.traverse", walk) + "]}"),
                        Map.of(),
                        SearchOptions.NONE,
                        Samples.NOW_MS)
                .problems();

        assertThat(problems)
                .extracting(problem -> problem.code().name() + " " + problem.path())
                .isEqualTo(accepted ? List.of() : List.of("INVALID_TIME_RANGE $.plan.steps[0].params.time_range"));
    }
}
