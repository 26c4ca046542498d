package io.millrace.planner.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanCodec;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Rounds;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is done to a statement, planning ends: with a plan that hangs together, or with problems that have codes. */
class StatementFuzzTest {
    private static final List<String> VALID = List.of(
            "SELECT DISTINCT key , amount AS a FROM events AS e WHERE amount > 3 AND NOT ( success OR platform LIKE 'i%' )"
                    + " ORDER BY a DESC LIMIT 5 OFFSET 2",
            "SELECT platform , count ( * ) AS n , avg ( amount ) FROM Login GROUP BY platform HAVING n > 1 ORDER BY n LIMIT $n",
            "SELECT id , score FROM events WHERE v NEAR $q AND amount IN ( 1 , 2 , $n ) AND at IS NOT NULL LIMIT 3",
            "SELECT key , similarity ( v , $q ) AS s FROM events WHERE price IS NULL OR similarity ( v , [ 1 , 2 , 3 ] ) > 0.5"
                    + " ORDER BY cosine_sim ( v , $q ) ASC , amount DESC USING EXACT",
            "SELECT id FROM events WHERE v NEAR_FUSED [ $q , [ 1 , 0 , 2 ] ] USING FUSION 'rrf' ( k = 60 ) LIMIT 2",
            "SELECT e . platform , nn . score FROM events AS e JOIN nearest_neighbors ( e , v , $q , 3 ) AS nn ON e . id = nn"
                    + " . id WHERE e . amount BETWEEN 1 AND 5",
            "SELECT a . code FROM Member AS a WHERE NOT MATCH ( a ) - [ : OpenedGame ] - > ( g ) ORDER BY age",
            "MATCH ( a : Member { age : 3 } ) - [ o : OpenedGame ] - > ( g ) WHERE o . weight > 0.5 AND a . age < 70 RETURN a ,"
                    + " g . title AS t , count ( * ) ORDER BY t LIMIT 4",
            "MATCH ( p : Person ) - [ : KNOWS * 1 .. 3 ] - ( q ) WHERE p . name <> q . name RETURN DISTINCT q . id",
            "EXPLAIN ANALYZE SELECT * FROM vector_search ( index = 'events_v' , qvec = $q , k = 3 )");
    private static final String[] WORDS = {
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "*",
        "=",
        "<",
        "NOT",
        "AND",
        "OR",
        "NULL",
        "id",
        "score",
        "v",
        "key",
        "events",
        "e",
        "$q",
        "$n",
        "$gone",
        "'x'",
        "1",
        "-1",
        "0.5",
        "99999999999999999999",
        "MATCH",
        "NEAR",
        "ORDER",
        "BY",
        "LIMIT",
        "count",
        "similarity",
        "a",
        "row_id",
        "USING",
        "EXACT",
        "WITH",
        "ON",
        "JOIN",
        "-",
        ">",
        "<",
        ":",
        "{",
        "}",
        "--",
        "\"",
        "DISTINCT"
    };

    @Test
    void mutatedStatementsNeverThrowAndNeverDangle() {
        Statements sql = new Statements(Samples.catalog(), new FakeShards(1));
        JsonNodeFactory json = JsonNodeFactory.instance;
        Map<String, JsonNode> parameters =
                Map.of("q", json.arrayNode().add(1).add(0).add(0.5), "n", json.numberNode(2));
        for (String statement : VALID) {
            assertThat(sql.planned(statement, parameters).outcome())
                    .as(statement)
                    .isNotInstanceOf(Answer.class);
        }
        int runnable = 0;
        int rounds = Rounds.of(2_000);
        for (int seed = 0; seed < rounds; seed++) {
            String mutated = mutated(new Random(seed));
            try {
                PlannedRequest planned = sql.planned(mutated, parameters);
                if (planned.outcome() instanceof PlannedRequest.Run run) {
                    runnable++;
                    check(run.plan());
                } else if (planned.outcome() instanceof Answer answer) {
                    assertThat(answer.errors()).extracting(Problem::code).doesNotContain(ErrorCode.INTERNAL);
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + mutated, e);
            }
        }
        assertThat(runnable).isBetween(rounds / 50, rounds - 1);
    }

    private static String mutated(Random random) {
        List<String> tokens = new ArrayList<>(
                Arrays.asList(VALID.get(random.nextInt(VALID.size())).split(" ")));
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(4)) {
                case 0 -> tokens.remove(at);
                case 1 -> tokens.add(at, WORDS[random.nextInt(WORDS.length)]);
                case 2 -> tokens.set(at, WORDS[random.nextInt(WORDS.length)]);
                default -> tokens.set(at, tokens.get(random.nextInt(tokens.size())));
            }
        }
        return String.join(" ", tokens);
    }

    private static void check(Plan plan) {
        for (int place = 0; place < plan.steps().size(); place++) {
            Step step = plan.steps().get(place);
            for (int dependency : step.dependencies()) {
                assertThat(dependency).isBetween(0, place - 1);
            }
        }
        assertThat(plan.steps().get(plan.steps().size() - 1).id()).isEqualTo(PlannedRequest.RESULT);
        assertThat(plan.lastSteps()).as("one result").containsOnlyOnce(true);
        ValueWriter out = new ValueWriter();
        PlanCodec.write(plan, out);
        ValueWriter again = new ValueWriter();
        PlanCodec.write(PlanCodec.read(new ValueReader(out.toBytes())), again);
        assertThat(again.toBytes()).isEqualTo(out.toBytes());
    }
}
