package io.millrace.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.planner.Samples;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.TextEmbedding;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.PlannedRequest.Command;
import io.millrace.planner.plan.PlannedRequest.Outcome;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.Problem;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.Rounds;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessChange;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementPlannerTest {
    private final Catalog catalog = Samples.catalog();

    private Outcome plan(String statement) {
        SearchDefaults defaults = new SearchDefaults(100, 4, new TextEmbedding("words", 3, 100));
        return new StatementPlanner(catalog, PlanLimits.DEFAULT, defaults)
                .plan("r-1", statement, Map.of("m", Samples.json("'cosine'")));
    }

    private CatalogChange change(String statement) {
        Outcome outcome = plan(statement);
        assertThat(outcome).as(statement).isInstanceOf(Command.class);
        return ((Command) outcome).command().entry().change();
    }

    private List<Problem> problems(String statement) {
        Outcome outcome = plan(statement);
        assertThat(outcome).as(statement).isInstanceOf(Answer.class);
        return ((Answer) outcome).errors();
    }

    private ResultTable table(String statement) {
        ResultTable table = ((Answer) plan(statement)).table();
        if (table == null) {
            throw new AssertionError(statement + ": " + problems(statement));
        }
        return table;
    }

    private VectorIndexDefinition index(String options) {
        return ((CatalogChange.CreateVectorIndex) change("CREATE VECTOR INDEX i ON events(v) " + options)).index();
    }

    @Test
    void createCollectionHasEveryPart() {
        assertThat(
                        change(
                                "create collection if not exists \"a.b-c\" (id STRING, n int, at Timestamp, v VECTOR(384), -- x\n"
                                        + " primary key (id, n)) with (time_field = 'at', retention = '30d', unknown_fields = 'skip');"))
                .isEqualTo(new CatalogChange.CreateCollection(
                        new CollectionSchema(
                                0,
                                "a.b-c",
                                List.of(
                                        new Field("id", ValueType.STRING),
                                        new Field("n", ValueType.INT),
                                        new Field("at", ValueType.TIMESTAMP),
                                        new Field("v", ValueType.VECTOR, 384)),
                                List.of("id", "n"),
                                "at",
                                30L * 86_400_000,
                                UnknownFields.SKIP),
                        true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER COLLECTION events ADD venue STRING",
                "DROP COLLECTION two",
                "DROP COLLECTION IF EXISTS nothing",
                "CREATE EVENT TYPE IF NOT EXISTS Logout ON events (memberCode STRING, success)",
                "CREATE EDGE TYPE CITES FROM Game TO Game",
                "CREATE EDGE TYPE IF NOT EXISTS CITES FROM Game TO Member (weight DOUBLE, at TIMESTAMP) WITH (mode ="
                        + " 'BATCHED', batch_rows = 5, batch_ms = 7, max_pending = 9, pending_visible = false, time_field"
                        + " = 'at', retention = '4w')",
                "DROP EDGE TYPE KNOWS",
                "DROP EDGE TYPE IF EXISTS nothing",
                "DROP VECTOR INDEX events_v",
                "DROP VECTOR INDEX IF EXISTS nothing",
                "CREATE COLLECTION type (key STRING PRIMARY KEY)",
                "CREATE COLLECTION status (build STRING PRIMARY KEY, reindex INT, set INT)",
                "alter vector index events_v set mode = async",
                "ALTER VECTOR INDEX events_v SET MODE = 'ASYNC', ef_search = 3",
                "ALTER VECTOR INDEX \"events_v\" SET (ef_search = 200, preselect_alpha = 2.5);",
                "Build Vector Index events_v",
                "REINDEX VECTOR INDEX events_v",
            })
    void formIsUnderstood(String statement) {
        change(statement);
    }

    @Test
    void vectorIndexTakesEveryOption() {
        VectorIndexDefinition index =
                index("USING HNSWLIB WITH (metric = $m, dim = 3, engine = 'hnswlib', mode = 'async',"
                        + " m = 128, ef_construction = 10, ef_search = 20, quantization = 'int8', rescore = state, filter_fields ="
                        + " ['amount', 'error'], dim_policy = 'skip', preselect_alpha = 2.5, batch_rows = 3, batch_ms = 4,"
                        + " max_pending = 5, pending_visible = true, embed_from = 'error')");

        assertThat(index.metric()).isEqualTo(Metric.COSINE);
        assertThat(index.engine()).isEqualTo(VectorEngine.HNSWLIB);
        assertThat(index.freshness().mode()).isEqualTo(FreshnessMode.ASYNC);
        assertThat(index.freshness().pendingVisible()).isTrue();
        assertThat(index.filterFields()).containsExactly("amount", "error");
        assertThat(index.preselectAlpha()).isEqualTo(2.5);
        assertThat(index.dimension()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "USING hnsw", "WITH (engine = 'hnsw')"})
    void hnswIsTheDefaultEngine(String options) {
        assertThat(index(options).engine()).isEqualTo(VectorEngine.HNSW);
    }

    @ParameterizedTest
    @CsvSource({
        "m, 2, 128, INVALID_OPTION",
        "ef_construction, 1, 10000, INVALID_OPTION",
        "ef_search, 1, 10000, INVALID_OPTION",
        "preselect_alpha, 1, 100, INVALID_OPTION",
        "batch_rows, 1, 1000000, INVALID_OPTION",
        "batch_ms, 1, 3600000, INVALID_OPTION",
        "max_pending, 1, 10000000, INVALID_OPTION"
    })
    void numericOptionsHaveBounds(String option, long min, long max, ErrorCode code) {
        boolean alterable = !option.equals("m") && !option.equals("ef_construction");
        if (alterable) {
            change("ALTER VECTOR INDEX events_v SET (" + option + " = " + min + ")");
            change("ALTER VECTOR INDEX events_v SET " + option + " = " + max);
        }
        index("USING flat WITH (" + option + " = " + min + ")");
        index("USING flat WITH (" + option + " = '" + max + "')");
        for (String bad : List.of("" + (min - 1), "" + (max + 1), "'many'", "-1", "[1, 2]")) {
            assertThat(problems("CREATE VECTOR INDEX i ON events(v) USING flat WITH (" + option + " = " + bad + ")"))
                    .as(bad)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.code()).isEqualTo(code);
                        assertThat(problem.message()).contains("\"" + option + "\"");
                        assertThat(problem.allowed()).isNotEmpty();
                    });
            if (alterable) {
                assertThat(problems("ALTER VECTOR INDEX events_v SET (" + option + " = " + bad + ")"))
                        .as(bad)
                        .extracting(Problem::code)
                        .containsExactly(code);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "metric = 'l1', INVALID_METRIC",
        "dim = 4, INVALID_DIMENSION",
        "engine = 'hnswlib', INVALID_OPTION",
        "mode = 'SOMETIMES', INVALID_OPTION",
        "quantization = 'int4', INVALID_OPTION",
        "rescore = 'disk', INVALID_OPTION",
        "filter_fields = 'v', INVALID_OPTION",
        "dim_policy = 'ignore', INVALID_OPTION",
        "pending_visible = 'maybe', INVALID_OPTION",
        "embed_from = 'amount', INVALID_OPTION",
        "metrik = 'l2', INVALID_OPTION",
        "metric = $nope, INVALID_PARAMETER",
    })
    void badOptionOfAnIndexIsAnError(String option, ErrorCode code) {
        assertThat(problems("CREATE VECTOR INDEX i ON events(v) USING flat WITH (" + option + ")"))
                .extracting(Problem::code)
                .contains(code);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("CREATE COLLECTION c (a STRING)", ErrorCode.INVALID_KEY),
                arguments("CREATE COLLECTION c (a STRING PRIMARY KEY, b INT PRIMARY KEY)", ErrorCode.INVALID_KEY),
                arguments("CREATE COLLECTION c (a DOUBLE PRIMARY KEY)", ErrorCode.INVALID_KEY),
                arguments("CREATE COLLECTION c (a STRING, PRIMARY KEY (b))", ErrorCode.INVALID_KEY),
                arguments("CREATE COLLECTION c (a STRING PRIMARY KEY, a INT)", ErrorCode.INVALID_FIELD),
                arguments("CREATE COLLECTION c (a TEXT PRIMARY KEY)", ErrorCode.INVALID_TYPE),
                arguments("CREATE COLLECTION c (a STRING PRIMARY KEY, v VECTOR)", ErrorCode.INVALID_DIMENSION),
                arguments("CREATE COLLECTION c (a STRING PRIMARY KEY, v VECTOR(16385))", ErrorCode.INVALID_DIMENSION),
                arguments("CREATE COLLECTION \"1c\" (a STRING PRIMARY KEY)", ErrorCode.INVALID_NAME),
                arguments("CREATE COLLECTION \"\" (a STRING PRIMARY KEY)", ErrorCode.INVALID_NAME),
                arguments(
                        "CREATE COLLECTION \"" + "x".repeat(129) + "\" (a STRING PRIMARY KEY)", ErrorCode.INVALID_NAME),
                arguments(
                        "CREATE COLLECTION c (a STRING PRIMARY KEY) WITH (time_field = 'a')", ErrorCode.INVALID_OPTION),
                arguments(
                        "CREATE COLLECTION c (a STRING PRIMARY KEY) WITH (retention = 'long')",
                        ErrorCode.INVALID_OPTION),
                arguments("CREATE COLLECTION events (a STRING PRIMARY KEY)", ErrorCode.CONFLICT_NAME),
                arguments("ALTER COLLECTION event ADD a INT", ErrorCode.NOT_FOUND_COLLECTION),
                arguments("ALTER COLLECTION events ADD amount INT", ErrorCode.CONFLICT_NAME),
                arguments("DROP COLLECTION Member", ErrorCode.CONFLICT_IN_USE),
                arguments("DROP COLLECTION membr", ErrorCode.NOT_FOUND_COLLECTION),
                arguments("CREATE EVENT TYPE E ON events (nope STRING)", ErrorCode.NOT_FOUND_FIELD),
                arguments("CREATE EVENT TYPE E ON events (amount STRING)", ErrorCode.INVALID_TYPE),
                arguments("CREATE EVENT TYPE Login ON events (amount INT)", ErrorCode.CONFLICT_NAME),
                arguments(
                        "CREATE EVENT TYPE E ON events (amount INT) WITH (policy = 'strict')",
                        ErrorCode.INVALID_OPTION),
                arguments("CREATE EDGE TYPE E FROM Gam TO Game", ErrorCode.NOT_FOUND_COLLECTION),
                arguments(
                        "CREATE EDGE TYPE E FROM Game TO Game WITH (mode = 'REBUILD_ONLY')", ErrorCode.INVALID_OPTION),
                arguments("DROP EDGE TYPE KNOW", ErrorCode.NOT_FOUND_EDGE_TYPE),
                arguments("CREATE VECTOR INDEX i ON events(amount) USING flat", ErrorCode.INVALID_TYPE),
                arguments("CREATE VECTOR INDEX i ON events(w) USING flat", ErrorCode.NOT_FOUND_FIELD),
                arguments("CREATE VECTOR INDEX i ON events(v) USING faiss", ErrorCode.INVALID_ENGINE),
                arguments("CREATE VECTOR INDEX events_v ON events(v) USING flat", ErrorCode.CONFLICT_NAME),
                arguments("DROP VECTOR INDEX events_w", ErrorCode.NOT_FOUND_INDEX),
                arguments("SHOW VECTOR INDEX events_w", ErrorCode.NOT_FOUND_INDEX),
                arguments("SHOW VECTOR INDEX STATUS events_w", ErrorCode.NOT_FOUND_INDEX),
                arguments("BUILD VECTOR INDEX events_w", ErrorCode.NOT_FOUND_INDEX),
                arguments("REINDEX VECTOR INDEX events_w", ErrorCode.NOT_FOUND_INDEX),
                arguments("ALTER VECTOR INDEX events_w SET MODE = ASYNC", ErrorCode.NOT_FOUND_INDEX),
                arguments("ALTER VECTOR INDEX events_v SET MODE = SOMETIMES", ErrorCode.INVALID_OPTION),
                arguments("ALTER VECTOR INDEX events_v SET ()", ErrorCode.INVALID_STATEMENT),
                arguments("ALTER VECTOR INDEX events_v SET", ErrorCode.INVALID_STATEMENT),
                arguments("ALTER VECTOR INDEX events_v SET (colour = 1)", ErrorCode.INVALID_OPTION),
                arguments("ALTER VECTOR INDEX events_v SET (ef_search = 1, ef_search = 2)", ErrorCode.INVALID_OPTION),
                arguments("ALTER VECTOR INDEX events_v SET (ef_search = $nope)", ErrorCode.INVALID_PARAMETER),
                arguments("BUILD INDEX events_v", ErrorCode.INVALID_STATEMENT),
                arguments("DESCRIBE nothing", ErrorCode.NOT_FOUND_COLLECTION),
                arguments("", ErrorCode.INVALID_STATEMENT),
                arguments("SHOW COLLECTIONS SHOW COLLECTIONS", ErrorCode.INVALID_STATEMENT),
                arguments("SELECT 1", ErrorCode.INVALID_STATEMENT),
                arguments("DESCRIBE " + "x".repeat(100_000), ErrorCode.INVALID_STATEMENT),
                arguments("( ".repeat(1_000), ErrorCode.INVALID_STATEMENT));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void whatIsWrongIsRefused(String statement, ErrorCode code) {
        assertThat(problems(statement)).extracting(Problem::code).containsExactly(code);
    }

    @Test
    void alterNamesOnlyWhatChanges() {
        assertThat(change("ALTER VECTOR INDEX events_v SET MODE = ASYNC"))
                .isEqualTo(new CatalogChange.AlterVectorIndex(
                        "events_v", new FreshnessChange(FreshnessMode.ASYNC, null, null, null, null), null, null));
        assertThat(change("ALTER VECTOR INDEX events_v SET (mode = 'rebuild_only', batch_rows = 3, batch_ms = 4,"
                        + " max_pending = 5, pending_visible = true, ef_search = 10000, preselect_alpha = '1.5')"))
                .isEqualTo(new CatalogChange.AlterVectorIndex(
                        "events_v", new FreshnessChange(FreshnessMode.REBUILD_ONLY, 3, 4, 5, true), 10_000, 1.5));
        assertThat(change("REINDEX VECTOR INDEX events_v")).isEqualTo(new CatalogChange.BuildVectorIndex("events_v"));
    }

    @Test
    void optionsOfAnAlterationMayBeParameters() {
        Outcome outcome = new StatementPlanner(catalog)
                .plan(
                        "r-1",
                        "ALTER VECTOR INDEX events_v SET (mode = $mode, ef_search = $ef)",
                        Map.of("mode", Samples.json("'async'"), "ef", Samples.json("77")));

        assertThat(((Command) outcome).command().entry().change())
                .isEqualTo(new CatalogChange.AlterVectorIndex(
                        "events_v", new FreshnessChange(FreshnessMode.ASYNC, null, null, null, null), 77, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m = 32",
                "metric = 'l2'",
                "engine = 'hnsw'",
                "quantization = 'int8'",
                "dim = 3",
                "ef_construction = 9",
                "filter_fields = ['amount']",
                "embed_from = 'error'"
            })
    void whatAnIndexIsMadeOfCannotBeAltered(String option) {
        assertThat(problems("ALTER VECTOR INDEX events_v SET (" + option + ", ef_search = 9)"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_OPTION);
                    assertThat(problem.message()).contains(option.split(" ")[0]).endsWith("cannot be altered");
                    assertThat(problem.hint()).contains("create an index");
                    assertThat(problem.allowed())
                            .containsExactlyInAnyOrder(
                                    "mode",
                                    "ef_search",
                                    "preselect_alpha",
                                    "batch_rows",
                                    "batch_ms",
                                    "max_pending",
                                    "pending_visible");
                });
    }

    @Test
    void alteredIndexIsShownAsItIsNow() {
        Catalog later =
                Samples.after(catalog, "r-2", "ALTER VECTOR INDEX events_v SET (mode = 'async', ef_search = 321)");
        ResultTable table = java.util.Objects.requireNonNull(
                ((Answer) new StatementPlanner(later).plan("r-1", "SHOW VECTOR INDEX events_v", Map.of())).table());

        assertThat(table.rows()).singleElement().satisfies(row -> {
            assertThat(row[table.columnIndex("mode")]).isEqualTo("async");
            assertThat(row[table.columnIndex("ef_search")]).isEqualTo(321L);
        });
    }

    @Test
    void indexThatSaysNothingIsShownWithWhatTheJobSays() {
        StatementPlanner planner = new StatementPlanner(catalog, PlanLimits.DEFAULT, new SearchDefaults(55, 7.5));
        ResultTable table =
                java.util.Objects.requireNonNull(((Answer) planner.plan("r-1", "DESCRIBE events_v", Map.of())).table());

        assertThat(table.rows()).singleElement().satisfies(row -> {
            assertThat(row[table.columnIndex("ef_search")]).isEqualTo(55L);
            assertThat(row[table.columnIndex("preselect_alpha")]).isEqualTo(7.5);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "SHOW VECTOR INDEX STATUS, , 2",
        "show vector index status events_v, events_v, 1",
        "SHOW VECTOR INDEX STATUS \"status\", status, 1"
    })
    void statusIsAPlanThatAsksEveryShard(String statement, @Nullable String only, int indexes) {
        Catalog two = Samples.after(catalog, "r-2", "CREATE VECTOR INDEX \"status\" ON two(a) USING flat");
        Outcome outcome = new StatementPlanner(two).plan("r-1", statement, Map.of());
        IndexStatus step =
                (IndexStatus) ((PlannedRequest.Run) outcome).plan().steps().get(0);

        assertThat(step.id()).isEqualTo(PlannedRequest.RESULT);
        assertThat(step.index()).isEqualTo(only);
        assertThat(step.indexes()).hasSize(indexes);
    }

    @Test
    void syntaxErrorsSayWhereAndWhatWasMeant() {
        Golden.verify(
                "bad-statements.txt",
                Stream.of(
                                "CREAT COLLECTION c (a STRING PRIMARY KEY)",
                                "CREATE COLLECTION c\n  a STRING PRIMARY KEY)",
                                "SHOW COLECTIONS",
                                "DROP VECTOR INDX i",
                                "CREATE COLLECTION c (a STRING PRIMARY KEY) WITH (retention = '30d'",
                                "CREATE EDGE TYPE e FROM Game TO Gmae WITH (mod = 'ASYNC', batch_rows = 0)",
                                "ALTER VECTOR INDEX events_v MODE = ASYNC",
                                "ALTER VECTOR INDEX events_w SET MODE = ASYNK",
                                "REINDEX VECTOR INDEX events_w",
                                "ALTER VECTOR INDEX events_v SET (m = 32, ef_serch = 9)",
                                "BUILD VECTOR INDX events_v",
                                "DROP COLLECTION evnts")
                        .map(statement -> statement + "\n"
                                + problems(statement).stream()
                                        .map(problem -> "    " + problem)
                                        .collect(Collectors.joining("\n")))
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void showAndDescribeAnswerFromTheCatalog() {
        assertThat(table("SHOW COLLECTIONS").rows()).hasSize(5);
        assertThat(table("SHOW EDGE TYPES").rows()).hasSize(2);
        assertThat(table("SHOW EVENT TYPES").rows()).hasSize(1);
        assertThat(table("SHOW VECTOR INDEXES").rows()).hasSize(1);
        assertThat(table("SHOW VECTOR INDEX events_v").rows().get(0))
                .startsWith("events_v", "events", "v", 3L, "cosine");
        assertThat(table("describe events").rows().get(9)).containsExactly("v", "VECTOR(3)", false, false);
        assertThat(table("DESCRIBE Login").rows()).hasSize(6);
        assertThat(table("DESCRIBE OpenedGame").rows()).hasSize(2);
        assertThat(table("DESCRIBE events_v").rows()).hasSize(1);
    }

    @Test
    void requestThatWasAppliedBeforeIsAnsweredAsThen() {
        String statement = "CREATE COLLECTION c (a STRING PRIMARY KEY)";
        Catalog later = Samples.after(catalog, "r-1", statement);

        Outcome again = new StatementPlanner(later).plan("r-1", statement, Map.of());
        Outcome other = new StatementPlanner(later).plan("r-2", statement, Map.of());

        assertThat(((Answer) again).table())
                .isNotNull()
                .satisfies(table -> assertThat(table.rows().get(0)).containsExactly("c", true));
        assertThat(((Answer) other).errors()).extracting(Problem::code).containsExactly(ErrorCode.CONFLICT_NAME);
    }

    @Test
    void mutatedStatementsNeverThrow() {
        String valid =
                "CREATE VECTOR INDEX i ON events(v) USING flat WITH (metric = 'cosine', filter_fields = ['amount'])";
        for (int seed = 0; seed < Rounds.of(500); seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(valid);
            for (int i = 0; i < 3; i++) {
                int place = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.deleteCharAt(place);
                } else {
                    text.insert(place, "('\")=$-[\u00e9".charAt(random.nextInt(9)));
                }
            }
            Outcome outcome = plan(text.toString());
            assertThat(outcome).as("seed " + seed).isInstanceOfAny(Command.class, PlannedRequest.Answer.class);
        }
    }
}
