package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.parse.PlanParser;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.Partial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches near a row: which row, and what there is to say where there is none or no vector. */
class RowSearchTest {
    private static final int SHARDS = 3;
    private final FakeShards shards = new FakeShards(SHARDS);

    @BeforeEach
    void rows() {
        event("e1", "a", 1, 0, 0);
        event("e2", "b", 0.9f, 0.1f, 0);
        event("e3", "b", 0, 1, 0);
        event("e4", "e3", 0, 0, 1);
        shards.put("events", "none", Map.of("platform", "n", "memberCode", "gone"));
        shards.put("events", "zero", Map.of("platform", "z", "v", new float[3]));
        shards.put("two", "t", Map.of("a", new float[] {1, 2}));
    }

    private void event(String key, String platform, float... vector) {
        shards.put("events", key, Map.of("platform", platform, "v", vector));
    }

    private Response run(String query, String... before) {
        List<String> steps = new ArrayList<>(List.of(before));
        steps.add(step("s", "vector.search", "{'index': 'events_v', 'top_k': 2, 'query_ref': " + query + "}"));
        return Runs.run(Samples.plan(steps.toArray(String[]::new)), shards, SHARDS);
    }

    private static String scan(String platform) {
        return step(
                "d",
                "document.scan",
                "{'collection': 'events', 'filter': {'platform': '" + platform
                        + "'}, 'project': ['id', 'memberCode', 'platform', 'v']}");
    }

    private static List<Object> ids(Response response) {
        return Runs.rows(Runs.table(response, "s")).stream()
                .map(row -> row.get(0))
                .toList();
    }

    private static StepReport report(Response response) {
        return response.steps().stream()
                .filter(step -> step.id().equals("s"))
                .findFirst()
                .orElseThrow();
    }

    private static String failure(Response response) {
        StepReport report = report(response);
        assertThat(report.status()).isEqualTo(StepReport.Status.FAILED);
        Problem problem = report.errors().get(0);
        return problem.code() + ": " + problem.message();
    }

    @Test
    void rowOfAKeyIsTheBestHitUnlessItIsLeftOut() {
        assertThat(ids(run("{'id': 'e1'}"))).containsExactly("e1", "e2");
        assertThat(ids(run("{'id': 'e1', 'exclude_self': true}"))).containsExactly("e2", "e3");
    }

    @Test
    void rowOfAStepIsFoundByItsKeyByAnotherKeyOrByItsVector() {
        assertThat(ids(run("{'ref': 'd'}", scan("a")))).containsExactly("e1", "e2");
        assertThat(ids(run("{'ref': 'd', 'exclude_self': true}", scan("a")))).containsExactly("e2", "e3");
        assertThat(ids(run("{'ref': 'd', 'field': 'platform'}", scan("e3")))).containsExactly("e3", "e2");
        assertThat(ids(run("{'ref': 'd', 'field': 'v', 'exclude_self': true}", scan("a"))))
                .containsExactly("e2", "e3");
    }

    @Test
    void hitsOfAnotherSearchAreRowsToo() {
        String first = step("f", "vector.search", "{'index': 'events_v', 'query_vector': [0, 0, 1], 'top_k': 1}");
        assertThat(ids(run("{'ref': 'f'}", first))).first().isEqualTo("e4");
    }

    @Test
    void stepWithoutARowHasNothingNearIt() {
        Response response = run("{'ref': 'd'}", scan("nobody"));
        assertThat(ids(response)).isEmpty();
        assertThat(report(response).status()).isEqualTo(StepReport.Status.OK);
    }

    @Test
    void stepWithSeveralRowsIsRefusedWithTheirNumber() {
        assertThat(failure(run("{'ref': 'd'}", scan("b"))))
                .isEqualTo("INVALID_AMBIGUOUS: step \"d\" has 2 rows, and a search is near one: let it have one, by its"
                        + " filter or limit");
    }

    @Test
    void rowThatIsNotThereOrHasNoVectorIsAnError() {
        assertThat(failure(run("{'id': 'nobody'}")))
                .isEqualTo("INVALID_REFERENCE: collection \"events\" has no row \"nobody\" to search near");
        assertThat(failure(run("{'ref': 'd', 'field': 'memberCode'}", scan("n"))))
                .isEqualTo("INVALID_REFERENCE: collection \"events\" has no row \"gone\" to search near");
        assertThat(failure(run("{'ref': 'd', 'field': 'memberCode'}", scan("a"))))
                .isEqualTo("INVALID_REFERENCE: column \"memberCode\" of step \"d\" names no row to search near");
        assertThat(failure(run("{'id': 'none'}")))
                .isEqualTo("INVALID_VECTOR: row \"none\" of collection \"events\" has no vector to search near");
        assertThat(failure(run("{'ref': 'd', 'field': 'v'}", scan("n"))))
                .isEqualTo("INVALID_VECTOR: the row of step \"d\" has no vector to search near");
        assertThat(failure(run("{'id': 'zero'}")))
                .isEqualTo("INVALID_VECTOR: row \"zero\" of collection \"events\" has a zero vector, which has no"
                        + " direction to compare by cosine");
    }

    /** The type of a column does not say how long its vectors are. */
    @Test
    void vectorOfAnotherDimensionIsRefused() {
        String two = step("d", "document.scan", "{'collection': 'two', 'project': ['a']}");
        assertThat(failure(run("{'ref': 'd', 'field': 'a'}", two)))
                .isEqualTo("INVALID_DIMENSION: the row of step \"d\" has 2 dimensions, field \"v\" needs 3");
    }

    @Test
    void textThatIsNoNumberIsTheKeyOfNoRowAmongInts() {
        Catalog catalog =
                Samples.after(Samples.catalog(), "n", "CREATE COLLECTION nums (id INT PRIMARY KEY, v VECTOR(3))");
        FakeShards some = new FakeShards(SHARDS, catalog);
        some.put("Member", "m", Map.of("rGroup", "x7", "age", 7L));
        some.put("nums", "7", Map.of("v", new float[] {1, 0, 0}));
        assertThat(failure(Runs.run(nearNumber(catalog, "rGroup"), some, SHARDS)))
                .isEqualTo("INVALID_REFERENCE: collection \"nums\" has no row \"x7\" to search near");
        assertThat(ids(Runs.run(nearNumber(catalog, "age"), some, SHARDS))).containsExactly(7L);
    }

    private static Plan nearNumber(Catalog catalog, String column) {
        String steps = step("d", "document.scan", "{'collection': 'Member'}")
                + ","
                + step(
                        "s",
                        "vector.search",
                        "{'collection': 'nums', 'query_ref': {'ref': 'd', 'field': '" + column + "'}}");
        return Objects.requireNonNull(new PlanParser(catalog, PlanLimits.DEFAULT, new PatternText())
                .parse(Samples.json("{'steps': [" + steps + "]}"), Map.of(), SearchOptions.NONE, NOW_MS)
                .plan());
    }

    @Test
    void failedFinderSkipsTheSearch() {
        Response response = run(
                "{'ref': 'd'}",
                step("x", "vector.search", "{'index': 'events_v', 'query_ref': {'id': 'nobody'}}"),
                step("d", "compute.filter", "{'input': 'x', 'condition': 'score > 0'}"));
        assertThat(report(response).status()).isEqualTo(StepReport.Status.SKIPPED);
        assertThat(report(response).skippedBecause()).isEqualTo("x");
    }

    /** Shards that answer the first round, and those that answer the second. */
    @ParameterizedTest
    @CsvSource({"0, 0, TIMED_OUT", "2, 0, TIMED_OUT", "3, 0, TIMED_OUT", "3, 1, PARTIAL", "3, 3, OK"})
    void shardsThatAreMissingCostTheRowOrOnlyTheirOwnHits(int first, int second, StepReport.Status expected) {
        List<Fragment> fragments = new ArrayList<>();
        Plan plan = Samples.plan(
                step("s", "vector.search", "{'index': 'events_v', 'query_ref': {'id': 'e1'}, 'top_k': 2}"));
        PlanRun run = new PlanRun(Samples.run(plan), 1, SHARDS, RunLimits.DEFAULT, fragments::add);
        run.start(NOW_MS, 0);
        assertThat(fragments.get(0).operation()).isInstanceOf(FetchDocuments.class);
        answer(run, fragments.get(0), first);
        if (fragments.size() > 1) {
            SearchVectors search = (SearchVectors) fragments.get(1).operation();
            assertThat(search.query()).containsExactly(1, 0, 0);
            answer(run, fragments.get(1), second);
        }
        if (!run.isDone()) {
            run.onTimer(NOW_MS + 60_000, 0);
        }
        assertThat(report(run.response(NOW_MS, 0, Runs.END_OFFSETS)).status()).isEqualTo(expected);
    }

    private void answer(PlanRun run, Fragment fragment, int count) {
        List<Partial> partials = shards.answer(fragment);
        partials.subList(0, count).forEach(partial -> run.onPartial(partial, NOW_MS, 0));
    }
}
