package io.millrace.planner.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.planner.Samples;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.Catalog;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What statements mean, on hand-made rows. */
class SelectTest {
    private Statements sql;
    private FakeShards shards;
    private Catalog catalog;

    @BeforeEach
    void rows() {
        catalog = Samples.catalog();
        for (String statement : new String[] {
            "CREATE COLLECTION papers (id STRING PRIMARY KEY, title STRING, year INT, price DOUBLE, open BOOLEAN,"
                    + " v VECTOR(2))",
            "CREATE COLLECTION venues (id INT PRIMARY KEY, name STRING, first INT)",
            "CREATE VECTOR INDEX papers_v ON papers(v) USING hnsw WITH (metric = 'l2')"
        }) {
            catalog = Samples.after(catalog, "s-" + catalog.version(), statement);
        }
        shards = new FakeShards(3, catalog);
        put(shards, "p1", "Graphs", 1998L, 1.5, true, 0, 0);
        put(shards, "p2", "Small worlds", 2014L, null, false, 1, 0);
        put(shards, "p3", "Graph search", 2018L, 2.5, true, 0, 2);
        put(shards, "p4", null, 2014L, 2.5, null, 3, 0);
        shards.put("papers", "p5", Map.of("title", "No vector", "year", 2020L));
        shards.put("venues", "1", Map.of("name", "VLDB", "first", 1975L));
        shards.put("venues", "2", Map.of("name", "NeurIPS", "first", 2014L));
        sql = new Statements(catalog, shards);
    }

    private static void put(
            FakeShards shards, String id, String title, long year, Double price, Boolean open, float x, float y) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("title", title);
        fields.put("year", year);
        fields.put("price", price);
        fields.put("open", open);
        fields.put("v", new float[] {x, y});
        fields.values().removeIf(java.util.Objects::isNull);
        shards.put("papers", id, fields);
    }

    @Test
    void filterOrderAndLimitGoToTheShards() {
        String statement =
                "SELECT id, year AS y FROM papers WHERE year >= 2014 AND NOT id = 'p3' ORDER BY year DESC LIMIT 2";
        assertThat(sql.path(statement)).isEqualTo("[DocumentScan]");
        assertThat(sql.rows(statement)).isEqualTo("[[p5, 2020], [p2, 2014]]");
        assertThat(sql.names(statement)).isEqualTo("[id, y]");
        assertThat(sql.table(statement).truncated()).isTrue();
    }

    @Test
    void starIsEveryFieldButVectors() {
        assertThat(sql.names("SELECT * FROM papers")).isEqualTo("[id, title, year, price, open]");
        assertThat(sql.names("SELECT p.*, v.name FROM papers AS p JOIN venues AS v ON p.year = v.first"))
                .isEqualTo("[id, title, year, price, open, name]");
    }

    @Test
    void missingValuesSatisfyNeitherAComparisonNorItsNegation() {
        assertThat(sql.rows("SELECT id FROM papers WHERE price > 2")).isEqualTo("[[p3], [p4]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE NOT price > 2")).isEqualTo("[[p1]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE NOT (price IN (2.5) OR year = 2020)"))
                .isEqualTo("[[p1]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE title NOT LIKE 'Gr%'")).isEqualTo("[[p2], [p5]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE NOT open")).isEqualTo("[[p2]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE open IS NULL")).isEqualTo("[[p4], [p5]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE NOT open IS NULL")).isEqualTo("[[p1], [p2], [p3]]");
    }

    @Test
    void everyPredicateMeansWhatItDoesInSql() {
        assertThat(sql.rows("SELECT id FROM papers WHERE year BETWEEN 1998 AND 2014"))
                .isEqualTo("[[p1], [p2], [p4]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE year NOT BETWEEN 1998 AND 2014"))
                .isEqualTo("[[p3], [p5]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE title LIKE '%s%_o%'")).isEqualTo("[]");
        assertThat(sql.rows("SELECT id FROM papers WHERE title LIKE '%raph%'")).isEqualTo("[[p1], [p3]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE year > 2013.5 AND year <= 2014.5"))
                .isEqualTo("[[p2], [p4]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE year = 2014.5")).isEqualTo("[]");
        assertThat(sql.rows("SELECT id FROM papers WHERE 2014 < year OR title = 'Graphs'"))
                .isEqualTo("[[p1], [p3], [p5]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE NOT NOT id IN ('p1', 'p9')"))
                .isEqualTo("[[p1]]");
    }

    @Test
    void groupsAreCountedWhereTheRowsAre() {
        String statement = "SELECT year, count(*) AS n, max(title) FROM papers GROUP BY year HAVING count(*) >= 1"
                + " ORDER BY n DESC, year LIMIT 2";
        assertThat(sql.path(statement)).isEqualTo("[DocumentGroups, ComputeAggregate, ComputeFilter]");
        assertThat(sql.rows(statement)).isEqualTo("[[2014, 2, Small worlds], [1998, 1, Graphs]]");
        assertThat(sql.names(statement)).isEqualTo("[year, n, max_title]");
        assertThat(sql.rows("SELECT count(*), count(DISTINCT year), avg(price) FROM papers WHERE year > 3000"))
                .isEqualTo("[[0, 0, null]]");
        assertThat(sql.rows("SELECT max(year) AS y FROM papers HAVING y > 2020"))
                .isEqualTo("[]");
    }

    @Test
    void distinctRowsComeOnce() {
        assertThat(sql.rows("SELECT DISTINCT year FROM papers ORDER BY year DESC LIMIT 2 OFFSET 1"))
                .isEqualTo("[[2018], [2014]]");
        assertThat(sql.rows("SELECT DISTINCT price, open FROM papers WHERE price = 2.5 ORDER BY open"))
                .isEqualTo("[[2.5, true], [2.5, null]]");
    }

    @Test
    void offsetLeavesTheFirstRowsOut() {
        assertThat(sql.rows("SELECT id FROM papers ORDER BY id LIMIT 2 OFFSET 1"))
                .isEqualTo("[[p2], [p3]]");
        assertThat(sql.rows("SELECT id FROM papers ORDER BY id OFFSET 3")).isEqualTo("[[p4], [p5]]");
        assertThat(sql.rows("SELECT id FROM papers LIMIT 2 OFFSET 9")).isEqualTo("[]");
        assertThat(sql.rows("SELECT id FROM papers WHERE v NEAR [0, 0] OFFSET 2 LIMIT 1"))
                .isEqualTo("[[p3]]");
    }

    @Test
    void nearFindsTenOfWhatTheFilterLeaves() {
        String near = "SELECT id, score FROM papers WHERE v NEAR [0, 0] AND year < 2018";
        assertThat(sql.path(near)).isEqualTo("[VectorSearch:ANN:10]");
        assertThat(sql.rows(near)).isEqualTo("[[p1, 0.0], [p2, 1.0], [p4, 3.0]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE v NEAR [0, 0] ORDER BY title DESC LIMIT 3"))
                .isEqualTo("[[p2], [p1], [p3]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE v NEAR [0, 0] AND similarity(v, [0, 0]) > 2 LIMIT 9"))
                .isEqualTo("[[p1], [p2]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE v NEAR [0, 0] AND similarity(v, [0, 0]) < 2 LIMIT 1"))
                .isEqualTo("[[p4]]");
    }

    @Test
    void orderByAMetricIsASearch() {
        String nearest = "SELECT id FROM papers ORDER BY l2_distance(v, [0, 0]) LIMIT 2";
        assertThat(sql.path(nearest)).isEqualTo("[VectorSearch:ANN:2]");
        assertThat(sql.rows(nearest)).isEqualTo("[[p1], [p2]]");
        String exact = "SELECT id, vec_l2(v, [0, 0]) AS d FROM papers ORDER BY d USING EXACT";
        assertThat(sql.path(exact)).isEqualTo("[RankedSearch:asked:100000]");
        assertThat(sql.rows(exact)).isEqualTo("[[p1, 0.0], [p2, 1.0], [p3, 2.0], [p4, 3.0]]");
        assertThat(sql.path("SELECT id FROM papers ORDER BY cosine_sim(v, [0, 1]) LIMIT 2"))
                .isEqualTo("[VectorSearch:metric_differs:2]");
        assertThat(sql.rows("SELECT id FROM papers ORDER BY inner_product(v, [0, 1]) DESC, year DESC, title LIMIT 3"))
                .isEqualTo("[[p3], [p2], [p4]]");
    }

    @Test
    void contraryDirectionFindsTheFarthestAndSaysSo() {
        String farthest = "SELECT id FROM papers ORDER BY similarity(v, [0, 0]) DESC LIMIT 2";
        assertThat(sql.path(farthest)).isEqualTo("[RankedSearch:farthest:2]");
        assertThat(sql.rows(farthest)).isEqualTo("[[p4], [p3]]");
        assertThat(sql.plan(farthest).warnings()).hasSize(1);
    }

    @Test
    void scoresMayStandAnywhere() {
        assertThat(sql.rows(
                        "SELECT id, similarity(v, [0, 0]) AS s FROM papers WHERE year > 2015 OR similarity(v, [3, 0]) > 1"
                                + " ORDER BY id"))
                .isEqualTo("[[p3, 2.0], [p4, 3.0], [p5, null]]");
        assertThat(sql.rows("SELECT year, min(l2_distance(v, [0, 0])) AS d FROM papers GROUP BY year ORDER BY d, year"))
                .isEqualTo("[[1998, 0.0], [2014, 1.0], [2018, 2.0], [2020, null]]");
    }

    @Test
    void whatIsCloseEnoughIsSearchedForAmongAllRows() {
        String close = "SELECT id FROM papers WHERE similarity(v, [0, 0]) > 2.5 AND year < 2018";
        assertThat(sql.path(close)).isEqualTo("[RankedSearch:condition:100000, ComputeFilter]");
        assertThat(sql.rows(close)).isEqualTo("[[p1], [p2]]");
        assertThat(sql.rows("SELECT id FROM papers WHERE l2_distance(v, [0, 0]) <= 2 ORDER BY year DESC LIMIT 2"))
                .isEqualTo("[[p3], [p2]]");
        assertThat(sql.rows("SELECT count(*) FROM papers WHERE similarity(v, [0, 0]) > 2.5"))
                .isEqualTo("[[3]]");
    }

    @Test
    void searchOfOneSideOfAJoinGivesTheScore() {
        assertThat(
                        sql.rows(
                                "SELECT p.id, name, score FROM papers p JOIN venues ON year = first WHERE v NEAR [3, 0] LIMIT 1"))
                .isEqualTo("[[p4, NeurIPS, 0.0]]");
    }

    @Test
    void severalVectorsAreFused() {
        String fused =
                "SELECT id, score FROM papers WHERE v NEAR_FUSED [[0, 0], [3, 0]] USING FUSION 'rrf' (k = 1) LIMIT 2";
        assertThat(sql.path(fused)).isEqualTo("[FusedSearch:ANN:2]");
        assertThat(sql.names(fused)).isEqualTo("[id, score]");
        assertThat(sql.rows("SELECT id FROM papers WHERE v NEAR_FUSED [[0, 0], [3, 0]] LIMIT 2"))
                .isEqualTo("[[p1], [p2]]");
    }

    @Test
    void tableFunctionsJoinBack() {
        String statement =
                "SELECT p.title, nn.score FROM papers AS p JOIN nearest_neighbors(papers, v, [0, 0], 3) AS nn"
                        + " ON p.id = nn.id WHERE p.year <> 2014";
        assertThat(sql.path(statement)).isEqualTo("[VectorSearch:ANN:3, ComputeFilter]");
        assertThat(sql.rows(statement)).isEqualTo("[[Graphs, 0.0], [Graph search, 2.0]]");
        assertThat(sql.rows(
                        "SELECT title, score FROM papers p JOIN vector_search(index = 'papers_v', qvec = [0, 0], k = 2)"
                                + " nn ON p.row_id = nn.row_id"))
                .isEqualTo("[[Graphs, 0.0], [Small worlds, 1.0]]");
        assertThat(sql.names("SELECT * FROM nearest_neighbors('db.papers', 'v', [0, 1], 1, 'cosine', 50)"))
                .isEqualTo("[row_id, id, score]");
        assertThat(sql.rows(
                        "SELECT id, title FROM nearest_neighbors(p, v, [0, 0], 2) AS nn JOIN papers AS p ON p.id = nn.id"
                                + " ORDER BY year DESC"))
                .isEqualTo("[[p2, Small worlds], [p1, Graphs]]");
    }

    @Test
    void rowsOfATableFunctionMayHaveTheirPlace() {
        String nearest = "nearest_neighbors(papers, v, [0, 0], 3, with_ord = TRUE)";
        assertThat(sql.names("SELECT * FROM " + nearest)).isEqualTo("[row_id, id, score, ord]");
        assertThat(sql.rows("SELECT id, ord FROM " + nearest + " ORDER BY ord DESC"))
                .isEqualTo("[[p3, 3], [p2, 2], [p1, 1]]");
        String joined = "SELECT nn.ord, p.title, nn.score FROM papers AS p JOIN " + nearest
                + " AS nn ON p.id = nn.id WHERE year <> 2014 ORDER BY nn.ord DESC";
        assertThat(sql.path(joined)).isEqualTo("[VectorSearch:ANN:3, ComputeFilter]");
        assertThat(sql.rows(joined)).isEqualTo("[[3, Graph search, 2.0], [1, Graphs, 0.0]]");
        assertThat(sql.rows("SELECT id FROM nearest_neighbors(papers, v, [0, 0], 9, 'l2', 50, TRUE) WHERE ord = 4"))
                .isEqualTo("[[p4]]");
        assertThat(sql.problems("SELECT ord FROM nearest_neighbors(papers, v, [0, 0], 3, with_ord = FALSE)")
                        .toString())
                .contains("there is no column \"ord\"");
        assertThat(sql.problems("SELECT id FROM nearest_neighbors(papers, v, [0, 0], 3, with_ord = 1)")
                        .toString())
                .contains("INVALID_TYPE", "\"with_ord\" must be TRUE or FALSE");
    }

    @Test
    void scoreOfARowIsNotThatOfTheSearch() {
        catalog = Samples.after(
                catalog, "rated", "CREATE COLLECTION rated (id STRING PRIMARY KEY, score DOUBLE, v VECTOR(2))");
        FakeShards rated = new FakeShards(2, catalog);
        rated.put("rated", "r1", Map.of("score", 0.5, "v", new float[] {3, 0}));
        assertThat(new Statements(catalog, rated)
                        .rows(
                                "SELECT r.score, nn.score AS s FROM rated AS r JOIN nearest_neighbors(rated, v, [0, 0], 2)"
                                        + " AS nn ON r.id = nn.id"))
                .isEqualTo("[[0.5, 3.0]]");
    }

    private Statements withRows(int rowsMax) {
        return new Statements(catalog, shards, withCap(rowsMax));
    }

    private static PlanLimits withCap(int rowsMax) {
        return new PlanLimits(64, rowsMax, 10_000, 10, 10, 30_000, 1_000);
    }

    private static boolean isTold(Response response) {
        assertThat(response.status()).isEqualTo(Response.Status.OK);
        boolean truncated =
                Objects.requireNonNull(response.results().get("result")).truncated();
        assertThat(response.warnings().isEmpty()).isEqualTo(!truncated);
        assertThat(response.warnings()).allMatch(warning -> warning.code() == ErrorCode.LIMIT_EXCEEDED);
        return truncated;
    }

    /** Of the four rows with a vector the last one, p4, satisfies the condition alone. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "v NEAR [0, 0] AND similarity(v, [3, 0]) > 0.5 LIMIT 1",
                "v NEAR [0, 0] AND score > 2.5 LIMIT 1",
                "v NEAR [0, 0] AND score > 2.5 ORDER BY year LIMIT 1",
                "v NEAR_FUSED [[0, 0], [0, 0]] AND similarity(v, [3, 0]) > 0.5 LIMIT 1",
            })
    void rowsThatWereNotScoredAreTold(String condition) {
        String statement = "SELECT id FROM papers WHERE " + condition;
        assertThat(Runs.rows(withRows(4).table(statement)).toString()).isEqualTo("[[p4]]");
        assertThat(isTold(withRows(4).run(statement, Map.of(), 1))).isFalse();
        assertThat(withRows(3).rows(statement)).isEqualTo("[]");
        assertThat(isTold(withRows(3).run(statement, Map.of(), 1))).isTrue();
    }

    @Test
    void nearestRowsAreAllThereOnceThereAreAsManyAsAskedFor() {
        String statement = "SELECT id FROM papers WHERE v NEAR [0, 0] AND similarity(v, [3, 0]) < 2.5 LIMIT ";
        assertThat(withRows(3).rows(statement + 2)).isEqualTo("[[p1], [p3]]");
        assertThat(isTold(withRows(3).run(statement + 2, Map.of(), 1))).isFalse();
        assertThat(isTold(withRows(3).run(statement + 3, Map.of(), 1))).isTrue();
    }

    @Test
    void orderByAMetricWithoutALimitTellsOfRowsBeyondTheCap() {
        String statement = "SELECT id FROM papers ORDER BY l2_distance(v, [0, 0]), year";
        assertThat(withRows(3).rows(statement)).isEqualTo("[[p1], [p2], [p3]]");
        assertThat(isTold(withRows(3).run(statement, Map.of(), 1))).isTrue();
        assertThat(isTold(withRows(4).run(statement, Map.of(), 1))).isFalse();
    }

    /** Of the four rows with a vector the pattern binds p1. */
    @ParameterizedTest
    @ValueSource(strings = {"vector_first", "graph_first", "parallel"})
    void orderByAMetricBesideAPatternTellsOfRowsBeyondTheCap(String strategy) {
        catalog = Samples.after(catalog, "cites", "CREATE EDGE TYPE CITES FROM papers TO papers");
        FakeShards cited = new FakeShards(3, catalog);
        for (int i = 1; i <= 4; i++) {
            cited.put("papers", "p" + i, Map.of("v", new float[] {i, 0}));
        }
        cited.link("CITES", "p1", "p2", null, Map.of());
        String statement = "SELECT id FROM papers AS a WHERE NOT MATCH (a)-[:CITES]->(b)"
                + " ORDER BY l2_distance(v, [0, 0])%s WITH (strategy = '" + strategy + "')";
        Statements two = new Statements(catalog, cited, withCap(2));
        Statements three = new Statements(catalog, cited, withCap(3));

        assertThat(three.path(statement.formatted(""))).isEqualTo("[CrossStoreSearch]");
        assertThat(two.rows(statement.formatted(""))).isEqualTo("[[p2], [p3]]");
        assertThat(isTold(two.run(statement.formatted(""), Map.of(), 1))).isTrue();
        assertThat(three.rows(statement.formatted(""))).isEqualTo("[[p2], [p3], [p4]]");
        assertThat(isTold(three.run(statement.formatted(""), Map.of(), 1))).isFalse();
        assertThat(isTold(three.run(statement.formatted(" LIMIT 2"), Map.of(), 1)))
                .isFalse();
    }

    /** The nearest rows are p1, p2 and p3; by rank of both lists the order is p2, p1, p3. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "id ; USING FUSION LIMIT 3 ; [[p2], [p1], [p3]]",
                "id ; USING FUSION ORDER BY score DESC LIMIT 3 ; [[p2], [p1], [p3]]",
                "id ; USING FUSION ORDER BY l2_distance(v, [0, 0]) LIMIT 3 ; [[p1], [p2], [p3]]",
                "id, l2_distance(v, [0, 0]) AS d ; USING FUSION LIMIT 2 ; [[p2, 2.0], [p1, 1.0]]",
                "id ; ORDER BY score, year LIMIT 3 ; [[p1], [p2], [p3]]",
                "id ; ORDER BY l2_distance(v, [0, 0]) DESC LIMIT 3 ; [[p3], [p2], [p1]]",
                "id ; ORDER BY l2_distance(v, [0, 0]) LIMIT 3 WITH (strategy = 'parallel') ; [[p1], [p2], [p3]]",
            })
    void rowsOfNearAndAPatternHaveTheOrderAsked(String items, String rest, String rows) {
        catalog = Samples.after(catalog, "cites", "CREATE EDGE TYPE CITES FROM papers TO papers");
        FakeShards cited = new FakeShards(3, catalog);
        for (int i = 1; i <= 3; i++) {
            cited.put("papers", "p" + i, Map.of("v", new float[] {i, 0}));
        }
        cited.put("papers", "p4", Map.of());
        cited.link("CITES", "p2", "p4", null, Map.of());
        cited.link("CITES", "p3", "p2", null, Map.of());
        cited.link("CITES", "p1", "p3", null, Map.of());
        String statement = "SELECT " + items + " FROM papers AS a WHERE v NEAR [0, 0] AND MATCH (a)-[:CITES*1..3]->"
                + "(b:papers {id: 'p4'}) " + rest;

        assertThat(new Statements(catalog, cited).rows(statement)).isEqualTo(rows);
    }

    @Test
    void scoreOfAMetricIsNoConditionOnJoinedLists() {
        catalog = Samples.after(catalog, "cites", "CREATE EDGE TYPE CITES FROM papers TO papers");
        assertThat(new Statements(catalog, new FakeShards(1, catalog))
                        .problems("SELECT id FROM papers AS a WHERE v NEAR [0, 0] AND MATCH (a)-[:CITES]->(b)"
                                + " AND l2_distance(v, [0, 0]) < 2 USING FUSION"))
                .extracting(Problem::message)
                .containsExactly("a strategy or a fusion is for NEAR and MATCH on the rows of one collection, beside"
                        + " conditions on its fields");
    }

    @Test
    void groupsOfRowsThatAreNotAllThereAreAnError() {
        String statement = "SELECT count(*) FROM papers WHERE v NEAR [0, 0] AND score > 2.5";
        assertThat(withRows(4).rows(statement)).isEqualTo("[[1]]");
        assertThat(withRows(3).run(statement, Map.of(), 1).errors())
                .extracting(Problem::code)
                .contains(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void wrongConditionsBehindGroupsAreToldWhereTheyStand() {
        String having = "SELECT year, count(*) AS n\nFROM papers GROUP BY year\nHAVING n > 1 AND (title = 'x' OR open)"
                + "\nORDER BY n, id";
        assertThat(sql.problems(having))
                .extracting(Problem::detail)
                .containsExactly("line 3, column 19", "line 3, column 34", "line 4, column 13");
    }

    @Test
    void limitOfAParameterIsToldWithItsValue() {
        PlannedRequest planned = sql.planned(
                "SELECT id FROM papers LIMIT $n OFFSET $m",
                Map.of("n", IntNode.valueOf(-5), "m", TextNode.valueOf("x")));

        assertThat(((PlannedRequest.Answer) planned.outcome()).errors())
                .extracting(Problem::message)
                .containsExactly(
                        "LIMIT must be an integer from 1 to 100000, got parameter \"n\" = -5",
                        "OFFSET must be an integer from 0 to 100000, got parameter \"m\" = \"x\"");
    }

    @Test
    void fusionOfSeveralVectorsStandsBehindThem() {
        String statement = "SELECT id FROM papers WHERE v NEAR_FUSED [[0, 0], [3, 0]] AND year > 1 USING FUSION 'rrf'";
        assertThat(sql.problems(statement))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .isEqualTo("the USING FUSION of NEAR_FUSED stands right behind its vectors"));
    }

    @Test
    void collectionsAreJoinedByEqualValues() {
        assertThat(sql.rows("SELECT p.id, name FROM papers p JOIN venues ON year = first ORDER BY p.id DESC"))
                .isEqualTo("[[p4, NeurIPS], [p2, NeurIPS]]");
        assertThat(
                        sql.rows(
                                "SELECT p.id FROM papers p JOIN venues ON year = first ORDER BY l2_distance(v, [3, 0]) LIMIT 1"))
                .isEqualTo("[[p4]]");
    }

    @Test
    void rowIdIsShownAsText() {
        assertThat(sql.rows("SELECT row_id FROM venues ORDER BY id")).isEqualTo("[[1], [2]]");
    }
}
