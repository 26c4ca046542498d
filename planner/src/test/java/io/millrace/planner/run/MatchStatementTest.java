package io.millrace.planner.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Strategy;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What statements with patterns become. */
class MatchStatementTest {
    private Statements sql;

    @BeforeEach
    void catalog() {
        Catalog catalog = Samples.catalog();
        for (String statement : List.of(
                "CREATE COLLECTION papers (id STRING PRIMARY KEY, title STRING, year INT, v VECTOR(2))",
                "CREATE EDGE TYPE CITES FROM papers TO papers (weight DOUBLE)",
                "CREATE VECTOR INDEX papers_v ON papers(v) USING hnsw WITH (metric = 'cosine')")) {
            catalog = Samples.after(catalog, "s-" + catalog.version(), statement);
        }
        sql = new Statements(catalog, new FakeShards(2, catalog));
    }

    @Test
    void conditionsOnOneNameNarrowThePattern() {
        Plan plan =
                sql.plan("MATCH (a:papers)-[r:CITES]->(b) WHERE a.year > 2000 AND b.title LIKE 'G%' AND r.weight >= 1"
                        + " RETURN a, b.title AS title, type LIMIT 5".replace(", type", ", r.type"));
        assertThat(plan.steps()).hasSize(1);
        GraphMatch match = (GraphMatch) plan.steps().get(0);
        assertThat(match.id()).isEqualTo("result");
        assertThat(match.columns().toString()).contains("name=a,", "name=title,", "name=type,");
        assertThat(match.output()).containsExactly(new VertexKey(0), new VertexField(1, "title"), new EdgeTypeName(0));
        assertThat(match.pattern().vertices().get(0).labels().get(0).filter())
                .isEqualTo(new Predicate.Compare("year", Comparison.GT, 2000L));
        assertThat(match.pattern().edges().get(0).every())
                .isEqualTo(new Predicate.Compare("weight", Comparison.GTE, 1.0));
        assertThat(match.limit().rows()).isEqualTo(5);
        assertThat(match.limit().asked()).isTrue();
    }

    @Test
    void conditionsOnSeveralNamesAndTheOrderAreAskedBehind() {
        Plan plan = sql.plan(
                "MATCH (a:papers)-[:CITES*1..2]->(b:papers) WHERE a.year < b.year RETURN DISTINCT b.id ORDER BY"
                        + " b.id DESC LIMIT 3");
        assertThat(plan.steps())
                .hasExactlyElementsOfTypes(GraphMatch.class, ComputeFilter.class, ComputeAggregate.class);
        assertThat(((GraphMatch) plan.steps().get(0)).limit().asked()).isFalse();
    }

    @Test
    void aggregatesGroupByTheRest() {
        Plan plan = sql.plan("MATCH (a:papers)-[:CITES]->(b) RETURN b.id, count(*) AS n ORDER BY n DESC LIMIT 2");
        assertThat(plan.steps()).hasExactlyElementsOfTypes(GraphMatch.class, ComputeAggregate.class);
        assertThat(((ComputeAggregate) plan.steps().get(1)).limit().rows()).isEqualTo(2);
    }

    @Test
    void similarityIsThatOfTheVerticesFound() {
        Plan plan = sql.plan(
                "MATCH (a:papers)-[:CITES]->(b) RETURN b.id, similarity(b.v, [1, 0]) AS s ORDER BY s DESC LIMIT 2");
        assertThat(plan.steps()).hasExactlyElementsOfTypes(GraphMatch.class, RankedSearch.class, ComputeFilter.class);
        assertThat(((ComputeFilter) plan.steps().get(2)).join().type()).isEqualTo(JoinType.LEFT);
    }

    @Test
    void nearAndMatchAreOneSearch() {
        Plan plan = sql.plan("SELECT a.id, score FROM papers AS a WHERE v NEAR [1, 0] AND year > 2000 AND NOT MATCH"
                + " (a)-[:CITES]->(x) LIMIT 4 WITH (strategy = 'graph_first')");
        assertThat(plan.steps()).hasExactlyElementsOfTypes(CrossStoreSearch.class);
        CrossStoreSearch search = (CrossStoreSearch) plan.steps().get(0);
        assertThat(search.negated()).isTrue();
        assertThat(search.anchor()).isZero();
        assertThat(search.wanted()).isEqualTo(Strategy.GRAPH_FIRST);
        assertThat(search.fusion()).isNull();
        assertThat(search.search().search().k()).isEqualTo(4);
        CrossStoreSearch parallel =
                (CrossStoreSearch) sql.plan("SELECT id FROM papers WHERE v NEAR [1, 0] AND MATCH (x)"
                                + "<-[:CITES]-(papers) WITH (strategy = 'parallel')")
                        .steps()
                        .get(0);
        assertThat(parallel.fusion()).isNotNull();
        assertThat(parallel.anchor()).isEqualTo(1);
    }

    @Test
    void severalVectorsAndAPatternAreOneSearch() {
        Plan plan = sql.plan("SELECT id, score FROM papers AS a WHERE v NEAR_FUSED [[1, 0], [0, 1]] USING FUSION 'rrf'"
                + " AND year > 2000 AND NOT MATCH (x)-[:CITES]->(a) LIMIT 4");
        assertThat(plan.steps()).hasExactlyElementsOfTypes(FusedSearch.class);
        FusedSearch search = (FusedSearch) plan.steps().get(0);
        assertThat(search.fusion().window()).isEqualTo(80);
        assertThat(search.match()).isNotNull();
        assertThat(search.match().anchor()).isEqualTo(1);
        assertThat(search.match().negated()).isTrue();
        assertThat(sql.problems("SELECT id FROM papers AS a WHERE v NEAR_FUSED [[1, 0]] AND MATCH (a)-[:CITES]->(x)"
                                + " WITH (strategy = 'vector_first')")
                        .toString())
                .contains("a strategy or a fusion is for NEAR and MATCH");
    }

    @Test
    void nearInAPatternOrdersItsPaths() {
        Plan plan = sql.plan("MATCH (a:papers)-[:CITES]->(b:papers) WHERE b.v NEAR [1, 0] AND a.year > 2000"
                + " RETURN a, b.title, score, b.score AS s LIMIT 5 OFFSET 1");
        assertThat(plan.steps().stream().map(step -> step.getClass().getSimpleName()))
                .containsExactly("GraphMatch", "RankedSearch", "ComputeFilter", "ComputeFilter", "ComputeOffset");
        assertThat(plan.steps().get(4).columns().stream().map(column -> column.name()))
                .containsExactly("a", "title", "score", "s");
        assertThat(((ComputeFilter) plan.steps().get(2)).limit()).isEqualTo(new RowLimit(6, true));
    }

    @Test
    void matchWithoutASearchIsAJoin() {
        Plan plan = sql.plan("SELECT title FROM papers AS a WHERE NOT MATCH (a)-[:CITES]->(x) ORDER BY year");
        assertThat(plan.steps().stream().map(step -> step.getClass().getSimpleName()))
                .containsExactly("DocumentScan", "GraphMatch", "ComputeFilter");
        assertThat(((ComputeFilter) plan.steps().get(2)).join().type()).isEqualTo(JoinType.ANTI);
    }

    @Test
    void pathHasAsManyEdgesAsAreConfigured() {
        Catalog catalog = Samples.catalog();
        FakeShards shards = new FakeShards(2, catalog);
        for (int i = 0; i < PlanLimits.HOPS_MAX; i++) {
            shards.link("KNOWS", "" + i, "" + (i + 1), null, Map.of());
        }
        String longest = "MATCH (a:Person {id: '0'})-[:KNOWS*32]->(b) RETURN b";
        Statements most = new Statements(catalog, shards, PlanLimits.DEFAULT.withHops(PlanLimits.HOPS_MAX));

        assertThat(most.rows(longest)).isEqualTo("[[32]]");
        assertThat(most.problems("MATCH (a:Person)-[:KNOWS*1..33]->(b) RETURN b")
                        .toString())
                .contains("INVALID_LIMIT", "at most 32 edges, got 33");
        assertThat(new Statements(catalog, shards).problems(longest).toString())
                .contains("INVALID_LIMIT", "at most 10 edges, got 32");
    }

    @Test
    void whatCannotBeIsRefusedWhereItStands() {
        assertThat(sql.problems("MATCH (a:papers)-[r:CITES*1..2]->(b) RETURN r.weight")
                        .toString())
                .contains("several edges");
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b) WHERE a.v NEAR_FUSED [[1, 0]] RETURN a")
                        .toString())
                .contains("line 1, column 38", "NEAR_FUSED stands in SELECT");
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b:papers) WHERE a.v NEAR [1, 0, 0] RETURN score, a.score"))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_DIMENSION);
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b) WHERE MATCH (a)-[:CITES]->(c) RETURN a")
                        .toString())
                .contains("line 1, column 38", "a second pattern");
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b) WHERE a.year > 1 RETURN score")
                        .toString())
                .contains("there is no column \"score\"");
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b) RETURN a WITH (k = 3)")
                        .toString())
                .contains("INVALID_OPTION", "MATCH without NEAR");
        assertThat(sql.problems("MATCH (a:papers)-[:CITES]->(b) WHERE a.v NEAR [1, 0] RETURN a"
                                + " WITH (strategy = 'auto')")
                        .toString())
                .contains("INVALID_OPTION");
        assertThat(sql.problems("SELECT id FROM papers WHERE year > 1 WITH (strategy = 'parallel')")
                        .toString())
                .contains("a strategy");
        assertThat(sql.problems("SELECT id FROM papers WHERE v NEAR [1, 0] OR year > 1")
                        .toString())
                .contains("line 1, column 29", "below OR");
    }
}
