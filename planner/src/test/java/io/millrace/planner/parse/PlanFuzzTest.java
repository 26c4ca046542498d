package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanCodec;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.Rounds;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlanFuzzTest {
    private static final int ROUNDS = Rounds.of(200);
    private static final List<String> WORDS = List.of(
            "s1",
            "s2",
            "s3",
            "events",
            "Login",
            "amount",
            "id",
            "count",
            "s3.count == 0",
            "a > (",
            "$x",
            "",
            "document",
            "scan",
            "compute",
            "filter",
            "both",
            "l2",
            "NaN",
            "7d",
            "memberCode",
            "s7",
            "timeline",
            "1h",
            "vector",
            "search",
            "query_text",
            "query_vector",
            "read",
            "cluster_info",
            "degree",
            "member_set",
            "graph",
            "traverse",
            "Member");

    private static final TextEmbedding WORDS_EMBEDDED = new TextEmbedding("words", -1, 1_000);
    private static final RequestPlanner PLANNER =
            new RequestPlanner(PlanLimits.DEFAULT, new SearchDefaults(100, 4, WORDS_EMBEDDED));

    /** Whatever is done to a plan, planning ends: either it can run, or it is answered and no shard hears of it. */
    @Test
    void mutatedPlansNeverThrowAndNeverDangle() {
        JsonNode valid = json(PlanParserTest.SEVEN_STEPS);
        assertThat(Samples.parse(valid, Map.of(), WORDS_EMBEDDED).problems()).isEmpty();
        int runnable = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            JsonNode mutated = mutate(valid.deepCopy(), new Random(seed));
            try {
                PlanParser.Parsed parsed = Samples.parse(mutated, Map.of(), WORDS_EMBEDDED);
                Plan plan = parsed.plan();
                PlannedRequest planned = PLANNER.plan(
                        Samples.request(mutated, null, Map.of()), Samples.ORIGIN, Samples.catalog(), Samples.NOW_MS);
                assertThat(plan == null).isNotEqualTo(parsed.problems().isEmpty());
                if (plan == null) {
                    assertThat(planned.outcome()).isEqualTo(PlannedRequest.Answer.errors(parsed.problems()));
                } else {
                    runnable++;
                    assertThat(planned.outcome()).isInstanceOf(PlannedRequest.Run.class);
                    check(plan);
                    check(((PlannedRequest.Run) planned.outcome()).plan());
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + mutated, e);
            }
        }
        assertThat(runnable).isBetween(1, ROUNDS - 1);
    }

    private static void check(Plan plan) {
        for (Step step : plan.steps()) {
            assertThat(step.dependencies())
                    .allMatch(place -> place >= 0 && place < plan.steps().size());
        }
        ValueWriter out = new ValueWriter();
        PlanCodec.write(plan, out);
        ValueWriter again = new ValueWriter();
        PlanCodec.write(PlanCodec.read(new ValueReader(out.toBytes())), again);
        assertThat(again.toBytes()).isEqualTo(out.toBytes());
    }

    private static JsonNode mutate(JsonNode plan, Random random) {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<JsonNode> containers = new ArrayList<>();
            collect(plan, containers);
            JsonNode target = containers.get(random.nextInt(containers.size()));
            if (target instanceof ObjectNode object) {
                mutateObject(object, random);
            } else if (target instanceof ArrayNode array && !array.isEmpty()) {
                int place = random.nextInt(array.size());
                switch (random.nextInt(3)) {
                    case 0 -> array.remove(place);
                    case 1 -> array.add(array.get(place).deepCopy());
                    default -> array.set(place, value(random));
                }
            }
        }
        return plan;
    }

    private static void mutateObject(ObjectNode object, Random random) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
        switch (random.nextInt(4)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(WORDS.get(random.nextInt(WORDS.size())), value(random));
            default -> object.set(name, value(random));
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static JsonNode value(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(8)) {
            case 0 -> nodes.numberNode(random.nextInt(20) - 5);
            case 1 -> nodes.numberNode(random.nextGaussian() * 1e9);
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 3 -> nodes.nullNode();
            case 4 -> nodes.objectNode().put(WORDS.get(random.nextInt(WORDS.size())), 1);
            case 5 -> nodes.arrayNode().add(WORDS.get(random.nextInt(WORDS.size())));
            default -> nodes.textNode(WORDS.get(random.nextInt(WORDS.size())));
        };
    }
}
