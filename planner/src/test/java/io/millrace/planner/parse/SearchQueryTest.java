package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchQueryTest {
    private static final TextEmbedding WORDS = new TextEmbedding("words", 3, 20);

    private static PlanParser.Parsed parse(String params, TextEmbedding texts) {
        return Samples.parse(
                json("{'steps': [" + step("s", "vector.search", params) + "]}"),
                Map.of("t", json("'from afar'")),
                texts);
    }

    private static List<Problem> problems(String params, TextEmbedding texts) {
        return parse(params, texts).problems();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'index': 'events_v', 'query_text': 'slot player'}; slot player",
                "{'collection': 'events', 'field': 'v', 'query_text': 'slot player'}; slot player",
                "{'event_type_filter': 'Login', 'query_text': 'slot player'}; slot player",
                "{'index': 'events_v', 'query_text': '$t'}; from afar",
            })
    void textIsKeptForTheStart(String params, String text) {
        Plan plan = Objects.requireNonNull(parse(params, WORDS).plan());

        VectorSearch search = (VectorSearch) plan.steps().get(0);
        assertThat(search.text()).isEqualTo(new TextQuery(text, 3));
        assertThat(search.search().query()).isEmpty();
        assertThat(search.index()).isEqualTo("events_v");
        assertThat(Explain.plan(plan, 1).text()).contains("query: text\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'query_text': '  '}; INVALID_VALUE; query_text",
                "{'query_text': 7}; INVALID_TYPE; query_text",
                "{'query_text': 'aaaaaaaaaaaaaaaaaaaaa'}; INVALID_LIMIT; query_text",
                "{'query_text': 'a', 'query_vector': [1, 2, 3]}; INVALID_PLAN; query_text",
                "{'query_ref': {'id': 'e1'}, 'query_vector': [1, 2, 3]}; INVALID_PLAN; query_ref",
                "{'top_k': 3}; INVALID_PLAN; query_vector",
            })
    void searchSaysOnceWhatItLooksFor(String params, ErrorCode code, String at) {
        assertThat(problems("{'index': 'events_v', " + params.substring(1), WORDS))
                .extracting(Problem::code, Problem::path)
                .contains(org.assertj.core.groups.Tuple.tuple(code, "$.plan.steps[0].params." + at));
    }

    @Test
    void jobWithoutAnEmbedderSaysWhichKeyToSet() {
        assertThat(problems("{'index': 'events_v', 'query_text': 'a'}", TextEmbedding.NONE))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_OPTION);
                    assertThat(problem.path()).isEqualTo("$.plan.steps[0].params.query_text");
                    assertThat(problem.hint()).contains("millrace.embedder");
                });
    }

    @Test
    void embedderOfAnotherDimensionIsRefusedBeforeAnythingRuns() {
        TextEmbedding other = new TextEmbedding("minilm", 384, 100);

        assertThat(problems("{'index': 'events_v', 'query_text': 'a'}", other))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_DIMENSION);
                    assertThat(problem.message())
                            .isEqualTo("the embedder \"minilm\" gives 384 dimensions, field \"v\" needs 3");
                });
    }

    @Test
    void embedderWhoseDimensionIsNotKnownYetIsTrusted() {
        assertThat(problems("{'index': 'events_v', 'query_text': 'a'}", new TextEmbedding("openai", -1, 100)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "error, INVALID_OPTION, none",
        "error, INVALID_DIMENSION, minilm",
        "memberCode, , words",
    })
    void indexThatEmbedsNeedsAnEmbedderThatFits(String field, ErrorCode code, String embedder) {
        TextEmbedding texts = switch (embedder) {
            case "none" -> TextEmbedding.NONE;
            case "minilm" -> new TextEmbedding("minilm", 384, 100);
            default -> WORDS;
        };
        assertThat(codes(Samples.catalog(), embedFrom("i", field), texts))
                .isEqualTo(code == null ? List.of() : List.of(code));
    }

    @Test
    void vectorIsMadeOfOneText() {
        Catalog catalog = Samples.catalog();
        PlannedRequest.Command first = (PlannedRequest.Command) plan(catalog, embedFrom("i", "error"), WORDS);
        Catalog one = catalog.apply(catalog.version(), first.command().entry());

        assertThat(codes(one, embedFrom("j", "error"), WORDS)).isEmpty();
        assertThat(codes(one, embedFrom("j", "platform"), WORDS)).containsExactly(ErrorCode.INVALID_OPTION);
    }

    private static String embedFrom(String index, String field) {
        return "CREATE VECTOR INDEX " + index + " ON events(v) WITH (embed_from = '" + field + "')";
    }

    private static PlannedRequest.Outcome plan(Catalog catalog, String statement, TextEmbedding texts) {
        return new StatementPlanner(catalog, PlanLimits.DEFAULT, new SearchDefaults(100, 4, texts))
                .plan("r-" + statement, statement, Map.of());
    }

    private static List<ErrorCode> codes(Catalog catalog, String statement, TextEmbedding texts) {
        return plan(catalog, statement, texts) instanceof PlannedRequest.Answer answer
                ? answer.errors().stream().map(Problem::code).toList()
                : List.of();
    }

    @Test
    void parameterThatIsNotGivenIsOneProblem() {
        assertThat(Samples.parse("{'steps': ["
                                + Samples.step("s", "vector.search", "{'index': 'events_v', 'query_vector': '$gone'}")
                                + "]}")
                        .problems())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void fusionIsAMethodOrAnObjectWithOne() {
        assertThat(Samples.parse("{'steps': ["
                                + Samples.step(
                                        "s",
                                        "vector.search",
                                        "{'index': 'events_v', 'query_vector': [1, 2, 3], 'match': '(x:events)', 'fusion':"
                                                + " {'method': 'weighted', 'k': 3, 'avg_weight': 2, 'windw': 1, 'window': 2}}")
                                + "]}")
                        .problems())
                .extracting(problem -> problem.code() + " " + problem.path())
                .contains(
                        "INVALID_LIMIT $.plan.steps[0].params.fusion.window",
                        "INVALID_LIMIT $.plan.steps[0].params.fusion.avg_weight",
                        "INVALID_PLAN $.plan.steps[0].params.fusion.k",
                        "INVALID_FIELD $.plan.steps[0].params.fusion.windw");
    }
}
