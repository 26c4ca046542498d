package io.millrace.planner;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import io.millrace.protocol.Request;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.RequestCodec;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPlannerTest {
    private static final JsonNode SEARCH = json("{'steps': ["
            + Samples.step("v", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3]}") + "]}");

    private final RequestPlanner planner = new RequestPlanner(PlanLimits.DEFAULT);

    private PlannedRequest plan(Request request, long nowMs) {
        return planner.plan(request, Samples.ORIGIN, Samples.catalog(), nowMs);
    }

    private static ErrorCode error(PlannedRequest planned) {
        return ((Answer) planned.outcome()).errors().get(0).code();
    }

    private static Request with(ExplainLevel explain, @Nullable JsonNode plan, @Nullable Question question) {
        return new Request(
                "r-1", plan, null, question, Map.of(), null, explain, OffsetToken.NONE, null, false, 60_000, Map.of());
    }

    @Test
    void timeoutCountsFromTheTimestampOfTheRequest() {
        PlannedRequest planned = plan(request(SEARCH, null, Map.of()), NOW_MS + 59_999);

        assertThat(planned.outcome()).isInstanceOf(PlannedRequest.Run.class);
        assertThat(planned.deadlineMs()).isEqualTo(NOW_MS + 60_000);
        assertThat(planned.catalogVersion()).isEqualTo(Samples.catalog().version());
    }

    @Test
    void requestFoundExpiredIsNotRun() {
        assertThat(error(plan(request(SEARCH, null, Map.of()), NOW_MS + 60_000)))
                .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void timestampAheadOfTheClockGrantsNoMoreTime() {
        assertThat(plan(request(SEARCH, null, Map.of()), NOW_MS - 5_000).deadlineMs())
                .isEqualTo(NOW_MS + 55_000);
    }

    @ParameterizedTest
    @CsvSource({
        "vector.ef_search, 0",
        "vector.ef_search, 10001",
        "vector.ef_search, 1.5",
        "vector.preselect_alpha, 0.9",
        "vector.preselect_alpha, 101",
        "vector.efsearch, 5"
    })
    void badOptionIsAnError(String name, double value) {
        assertThat(error(plan(request(SEARCH, null, Map.of(name, json("" + value))), NOW_MS)))
                .isEqualTo(ErrorCode.INVALID_OPTION);
    }

    @Test
    void optionsReachTheSearch() {
        PlannedRequest planned = plan(request(SEARCH, null, Map.of("vector.ef_search", json("77"))), NOW_MS);

        VectorSearch step = (VectorSearch)
                ((PlannedRequest.Run) planned.outcome()).plan().steps().get(0);
        assertThat(step.search().efSearch()).isEqualTo(77);
    }

    /** A statement has no word for the time of its steps: who grants the request more than usual grants it to them. */
    @ParameterizedTest
    @CsvSource({"1000, 30000", "60000, 30000", "60001, 60001", "600000, 600000"})
    void stepThatNamesNoTimeHasAsLongAsALongRequest(long request, long step) {
        assertThat(stepTimeout("'statement': 'SELECT id FROM events LIMIT 1'", request))
                .isEqualTo(step);
        assertThat(stepTimeout("'statement': 'SHOW VECTOR INDEX STATUS'", request))
                .isEqualTo(step);
        assertThat(stepTimeout("'plan': " + SEARCH, request)).isEqualTo(step);
        assertThat(stepTimeout("'plan': " + SEARCH.toString().replace("\"op\"", "\"timeout_ms\":7,\"op\""), request))
                .isEqualTo(7);
    }

    private long stepTimeout(String asked, long timeoutMs) {
        String request = "{" + asked + ", 'timeout_ms': " + timeoutMs + "}";
        Request read = Objects.requireNonNull(new RequestCodec(1 << 20)
                .read(request.replace('\'', '"').getBytes(UTF_8), "r-1")
                .request());
        return ((PlannedRequest.Run) plan(read, NOW_MS).outcome())
                .plan()
                .steps()
                .get(0)
                .timeoutMs();
    }

    /** The search outranks the request, that the index, that the job. */
    @ParameterizedTest
    @CsvSource({
        "5, 6, 7, 5",
        "5, , , 5",
        ", 6, 7, 6",
        ", 6, , 6",
        ", , 7, 7",
        ", , , 8",
    })
    void nearestThatSaysSomethingCounts(
            @Nullable Integer search, @Nullable Integer request, @Nullable Integer index, int expected) {
        RequestPlanner own = new RequestPlanner(PlanLimits.DEFAULT, new SearchDefaults(8, 8));
        Catalog catalog = index == null
                ? Samples.catalog()
                : Samples.after(
                        Samples.catalog(),
                        "r-0",
                        "ALTER VECTOR INDEX events_v SET (ef_search = " + index + ", preselect_alpha = " + index + ")");
        JsonNode plan = json("{'steps': ["
                + Samples.step(
                        "v",
                        "vector.search",
                        "{'index': 'events_v', 'query_vector': [1, 2, 3]"
                                + (search == null ? "" : ", 'ef_search': " + search + ", 'alpha': " + search) + "}")
                + "]}");
        JsonNode option = json("" + request);
        PlannedRequest planned = own.plan(
                request(
                        plan,
                        null,
                        request == null
                                ? Map.of()
                                : Map.of("vector.ef_search", option, "vector.preselect_alpha", option)),
                Samples.ORIGIN,
                catalog,
                NOW_MS);

        VectorSearch step = (VectorSearch)
                ((PlannedRequest.Run) planned.outcome()).plan().steps().get(0);
        assertThat(step.search().efSearch()).isEqualTo(expected);
        assertThat(step.search().alpha()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "10001, 4", "100, 0.9", "100, 100.1", "100, NaN"})
    void defaultsOfTheJobHaveBounds(int efSearch, double alpha) {
        assertThatThrownBy(() -> new SearchDefaults(efSearch, alpha)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void explainPlanOfAStatusDoesNotRunIt() {
        Request request = new Request(
                "r-1",
                null,
                "SHOW VECTOR INDEX STATUS events_v",
                null,
                Map.of(),
                null,
                ExplainLevel.PLAN,
                OffsetToken.NONE,
                null,
                false,
                60_000,
                Map.of());

        assertThat(((Answer) plan(request, NOW_MS).outcome()).explain())
                .contains("\"tree\":{\"node\":\"ComputeRead\",\"step\":\"result\",\"op\":\"compute.read\","
                        + "\"type\":\"index_status\",\"index\":\"events_v\"");
    }

    @Test
    void questionNeedsAPlan() {
        Question question = new Question("who?", "");

        assertThat(error(plan(with(ExplainLevel.SUMMARY, null, question), NOW_MS)))
                .isEqualTo(ErrorCode.PLAN_REQUIRED);
        assertThat(plan(with(ExplainLevel.SUMMARY, SEARCH, question), NOW_MS).outcome())
                .isInstanceOf(PlannedRequest.Run.class);
    }

    @Test
    void explainPlanAnswersWithoutRunning() {
        Answer answer =
                (Answer) plan(with(ExplainLevel.PLAN, SEARCH, null), NOW_MS).outcome();

        Response response = answer.toResponse("r-1", 1, 0);
        assertThat(response.status()).isEqualTo(Response.Status.OK);
        JsonNode explained = Objects.requireNonNull(response.explain());
        assertThat(explained.path("plan_from").asText()).isEqualTo("request");
        assertThat(explained.path("catalog_version").asLong())
                .isEqualTo(Samples.catalog().version());
        JsonNode search = explained.at("/tree/children/0/children/0");
        assertThat(search.path("node").asText()).isEqualTo("VectorSearch");
        assertThat(search.path("index").asText()).isEqualTo("events_v");
        assertThat(search.path("path").asText()).isEqualTo("EXACT");
        assertThat(search.path("reason").asText()).isEqualTo("flat");
        assertThat(response.results()).isEmpty();
    }

    @Test
    void statementThatSaysExplainIsNotRunAndOneThatSaysAnalyzeIs() {
        String query = "SELECT Game.title FROM Game WHERE title = 'go' ORDER BY title LIMIT 3";

        Answer planned = (Answer)
                plan(request(null, "EXPLAIN " + query, Map.of()), NOW_MS).outcome();
        PlannedRequest analyzed = plan(request(null, "explain analyze " + query, Map.of()), NOW_MS);

        assertThat(planned.explain()).contains("\"filter\":\"title = 'go'\"");
        assertThat(analyzed.outcome()).isInstanceOf(PlannedRequest.Run.class);
        assertThat(analyzed.explain()).isEqualTo(ExplainLevel.ANALYZE);
    }

    @Test
    void showAnswersAtOnce() {
        Answer answer = (Answer)
                plan(request(null, "SHOW COLLECTIONS", Map.of()), NOW_MS).outcome();

        assertThat(answer.toResponse("r-1", 1, 0).results()).containsOnlyKeys("result");
    }

    @Test
    void orderOfJsonFieldsDoesNotMakeAnotherRequest() {
        JsonNode one = json("{'steps': [], 'plan_id': 'a'}");
        JsonNode same = json("{'plan_id': 'a', 'steps': []}");
        JsonNode other = json("{'plan_id': 'b', 'steps': []}");

        long hash = plan(request(one, null, Map.of()), NOW_MS).contentHash();
        assertThat(plan(request(same, null, Map.of()), NOW_MS).contentHash()).isEqualTo(hash);
        assertThat(plan(request(other, null, Map.of()), NOW_MS).contentHash()).isNotEqualTo(hash);
        assertThat(plan(request(null, "SHOW COLLECTIONS", Map.of()), NOW_MS).contentHash())
                .isNotEqualTo(hash);
    }

    @Test
    void everythingWrongWithOptionsAndPlanIsToldTogether() {
        PlannedRequest planned = plan(request(json("{'steps': []}"), null, Map.of("vector.ef", json("1"))), NOW_MS);

        assertThat(((Answer) planned.outcome()).errors())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_OPTION, ErrorCode.INVALID_PLAN);
    }

    @Test
    void everythingWrongWithOptionsAndStatementIsToldTogether() {
        PlannedRequest planned = plan(request(null, "SELECT id FROM nowhere", Map.of("vector.ef", json("1"))), NOW_MS);

        assertThat(((Answer) planned.outcome()).errors())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_OPTION, ErrorCode.NOT_FOUND_COLLECTION);
    }

    @Test
    void aRightStatementWithAWrongOptionChangesNothing() {
        Request request = request(null, "CREATE COLLECTION more (id INT PRIMARY KEY)", Map.of("no", json("1")));

        assertThat(plan(request, NOW_MS).outcome())
                .isInstanceOfSatisfying(
                        Answer.class,
                        answer -> assertThat(answer.errors())
                                .extracting(Problem::code)
                                .containsExactly(ErrorCode.INVALID_OPTION));
    }

    @Test
    void aQuestionWithoutAPlanHasNoProblems() {
        Request request = with(ExplainLevel.SUMMARY, null, new Question("Who?", ""));

        assertThat(planner.problems(request, Samples.ORIGIN, Samples.catalog())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CACHE, cached", "GENERATED, generated"})
    void problemsOfAPlanThatIsNotInTheRequestSayWhoseItIs(PlanSource source, String origin) {
        JsonNode plan = Samples.json("{'steps': [" + Samples.step("s", "document.scan", "{'collection': 'no'}") + "]}");

        PlannedRequest planned = new RequestPlanner(PlanLimits.DEFAULT)
                .plan(
                        Samples.request(null, null, Map.of()),
                        plan,
                        source,
                        Samples.ORIGIN,
                        Samples.catalog(),
                        Samples.NOW_MS);

        assertThat(((PlannedRequest.Answer) planned.outcome()).errors())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo("$." + origin + "_plan.steps[0].params.collection");
                    assertThat(problem.message()).startsWith(origin + " plan: there is no collection");
                });
    }
}
