package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.Response;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is estimated from the statistics of shards, against what is there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrategyChoiceTest {
    private static final int ITEMS = 3_000;

    private final OneThreadJob job = new OneThreadJob(4, 0);

    @BeforeAll
    void fill() {
        job.run("CREATE COLLECTION items (id INT PRIMARY KEY, part INT, name STRING, v VECTOR(2))");
        job.run("CREATE COLLECTION topics (id STRING PRIMARY KEY)");
        job.run("CREATE EDGE TYPE ABOUT FROM items TO topics");
        job.run("CREATE VECTOR INDEX items_v ON items(v) WITH (metric = 'l2', filter_fields = ['part'])");
        for (int item = 0; item < ITEMS; item++) {
            double[] vector = {item % 50, item / 50.0};
            job.upsert(
                    "items", Integer.toString(item), Map.of("part", item % 100L, "name", "n" + item % 7, "v", vector));
            job.link("ABOUT", Integer.toString(item), "all", null, Map.of());
            if (item % 10 == 0) {
                job.link("ABOUT", Integer.toString(item), "tenth", null, Map.of());
            }
            if (item % 1_000 == 0) {
                job.link("ABOUT", Integer.toString(item), "rare", null, Map.of());
            }
        }
        for (String topic : new String[] {"all", "tenth", "rare", "none"}) {
            job.upsert("topics", topic, Map.of());
        }
    }

    private JsonNode explained(String where) {
        Response response = job.ask(
                "EXPLAIN SELECT a.id FROM items AS a WHERE a.v NEAR [1, 1]" + where + " LIMIT 10", Map.of(), Map.of());
        JsonNode explain = Objects.requireNonNull(
                response.explain(), () -> response.errors().toString());
        return explain.findParent("over_fetch_factor");
    }

    private void assertShare(String topic, String where, double share) {
        JsonNode match = explained(where + " AND MATCH (a)-[:ABOUT]->(t:topics {id: '" + topic + "'})");
        assertThat(match.path("estimated_selectivity").doubleValue()).as(topic).isBetween(share * 0.7, share * 1.3);
        assertThat(match.path("reason").asText()).isEqualTo("least_cost");
        JsonNode others = explained(where + " AND NOT MATCH (a)-[:ABOUT]->(t:topics {id: '" + topic + "'})");
        assertThat(others.path("estimated_selectivity").doubleValue())
                .as("not " + topic)
                .isBetween(0.7 * (1 - share), 1.3 * (1 - share) + 0.001);
    }

    @Test
    void whatAPatternKeepsIsKnownFromDegrees() {
        job.lookAtData();

        assertShare("all", "", 1);
        assertShare("tenth", "", 0.1);
        assertShare("rare", "", 0.001);
    }

    @Test
    void theGraphIsAskedFirstWhereItBindsFewRowsAndLastWhereItBindsNearlyAll() {
        job.lookAtData();

        JsonNode rare = explained(" AND MATCH (a)-[:ABOUT]->(t:topics {id: 'rare'})");
        assertThat(rare.path("strategy").asText()).isEqualTo("graph_first");
        assertThat(rare.path("over_fetch_factor").doubleValue()).isEqualTo(10);
        JsonNode all = explained(" AND MATCH (a)-[:ABOUT]->(t:topics {id: 'all'})");
        assertThat(all.path("strategy").asText()).isEqualTo("vector_first");
        assertThat(all.path("over_fetch_factor").doubleValue()).isEqualTo(2);
        assertThat(all.path("rejected"))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.path("estimated_cost_ms").doubleValue())
                        .isGreaterThan(all.path("estimated_cost_ms").doubleValue()));
    }

    @Test
    void withoutStatisticsThresholdsDecide() {
        OneThreadJob fresh = new OneThreadJob(2, 0);
        fresh.run("CREATE COLLECTION items (id INT PRIMARY KEY, v VECTOR(2))");
        fresh.run("CREATE EDGE TYPE CITES FROM items TO items");
        Response response = fresh.ask(
                "EXPLAIN SELECT a.id FROM items AS a WHERE a.v NEAR [1, 1] AND MATCH (a)-[:CITES]->(b)",
                Map.of(),
                Map.of());

        JsonNode node = Objects.requireNonNull(response.explain()).findParent("over_fetch_factor");
        assertThat(node.path("reason").asText()).isEqualTo("threshold");
        assertThat(node.path("strategy").asText()).isEqualTo("parallel");
        assertThat(node.path("estimated_selectivity").doubleValue()).isEqualTo(0.5);
    }
}
