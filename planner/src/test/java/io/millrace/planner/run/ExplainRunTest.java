package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.Samples;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.Golden;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SearchStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code explain: analyze} adds to a plan. */
class ExplainRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHARDS = 3;

    private static final String LOGINS =
            step("logins", "document.scan", "{'collection': 'events', 'filter': {'success': false}, 'limit': 50}");

    private static final Plan WALK = plan(
            step("people", "document.scan", "{'collection': 'Person', 'limit': 2}"),
            step(
                    "friends",
                    "graph.traverse",
                    "{'start': {'ref': 'people', 'field': 'id', 'entity_type': 'Person'}, 'depth': 3}"));

    private static final Plan JOIN = plan(
            LOGINS,
            step(
                    "counts",
                    "compute.aggregate",
                    "{'input': 'all', 'group_by': 'memberCode', 'metrics': [{'agg': 'count'}]}"),
            step("all", "document.scan", "{'collection': 'events', 'limit': 100}"),
            step(
                    "busy",
                    "compute.filter",
                    "{'input': 'logins', 'join': 'counts', 'join_type': 'inner', 'join_key': 'memberCode',"
                            + " 'condition': 'counts.count > 2', 'order_by': 'id desc', 'limit': 2}"));

    private static FakeShards shards() {
        FakeShards fake = new FakeShards(SHARDS);
        for (int i = 0; i < 10; i++) {
            fake.put("events", "e" + i, Map.of("memberCode", "m" + i % 3, "success", i % 2 == 0, "v", new float[] {
                1, i, 0
            }));
            fake.put("Person", "" + i, Map.of("name", "p" + i));
            fake.link("KNOWS", "" + i, "" + (i + 1));
        }
        return fake;
    }

    private static ObjectNode analyze(Plan plan, long seed) {
        Response response = Runs.run(
                Samples.run(plan, ExplainLevel.ANALYZE, OffsetToken.NONE, null), shards(), SHARDS, new Random(seed));
        return (ObjectNode) Objects.requireNonNull(response.explain());
    }

    private static Stream<Plan> plans() {
        return Stream.of(
                plan(LOGINS),
                WALK,
                JOIN,
                GroupPushDown.apply(
                        plan(
                                step("s", "document.scan", "{'collection': 'events'}"),
                                step("n", "compute.aggregate", "{'input': 's', 'metrics': [{'agg': 'count'}]}")),
                        false));
    }

    @Test
    void numbersOfAWalkAreThoseCommitted() {
        Golden.verify("explain/analyzed-walk.txt", analyze(WALK, 1).path("text").asText());
    }

    @Test
    void numbersOfAJoinAreThoseCommitted() throws JsonProcessingException {
        ObjectNode explained = analyze(JOIN, 1);

        Golden.verify("explain/analyzed-join.txt", explained.path("text").asText());
        Golden.verify(
                "explain/analyzed-join.json",
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(explained) + "\n");
    }

    /** What runs is what was explained: without its numbers, the one is the other. */
    @ParameterizedTest
    @MethodSource("plans")
    void measuredTreeWithoutItsNumbersIsThePlannedOne(Plan plan) {
        ObjectNode planned = Explain.plan(plan, 9).json();
        ObjectNode ran = analyze(plan, 2);

        assertThat(ran.path("tree")).isNotEqualTo(planned.path("tree"));
        removeMeasured(ran);
        ran.remove("text");
        planned.remove("text");
        assertThat(ran.equals(planned)).as("%s", ran).isTrue();
    }

    private static void removeMeasured(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("measured");
        }
        node.forEach(ExplainRunTest::removeMeasured);
    }

    static LongStream seeds() {
        return LongStream.range(0, 5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void numbersDoNotDependOnTheOrderOfPartials(long seed) {
        assertThat(analyze(JOIN, seed)).isEqualTo(analyze(JOIN, 77));
        assertThat(analyze(WALK, seed)).isEqualTo(analyze(WALK, 77));
    }

    /** Rows that leave the shards are those that come in above them, on each level. */
    @ParameterizedTest
    @MethodSource("plans")
    void rowsThatOneNodeGivesAreThoseThatTheNextTakes(Plan plan) {
        List<String> wrong = new ArrayList<>();
        compare(analyze(plan, 3).path("tree"), wrong);

        assertThat(wrong).isEmpty();
    }

    private static void compare(JsonNode node, List<String> wrong) {
        JsonNode in = node.at("/measured/rows_in");
        JsonNode children = node.path("children");
        if (in.isNumber()
                && children.size() == 1
                && children.get(0).at("/measured/rows_out").isNumber()) {
            long given = children.get(0).at("/measured/rows_out").asLong();
            if (given != in.asLong()) {
                wrong.add(node.path("node").asText() + " takes " + in + " of " + given);
            }
        }
        children.forEach(child -> compare(child, wrong));
    }

    /** One shard answers, one fails to in time, and what they found is told apart. */
    @Test
    void lateShardsAreNamedWhereTheyWereAsked() {
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(plan(LOGINS), ExplainLevel.ANALYZE, OffsetToken.NONE, null),
                1,
                2,
                RunLimits.DEFAULT,
                fragments::add);
        run.start(NOW_MS, 0);
        run.onPartial(new FakeShards(2).answer(fragments.get(0)).get(1), NOW_MS, 2_000_000);
        run.onTimer(NOW_MS + 60_000, 5_000_000);

        JsonNode explained =
                Objects.requireNonNull(run.response(NOW_MS, 6_000_000, Map.of()).explain());
        JsonNode fanOut = explained.at("/tree/children/0/measured");

        assertThat(fanOut.path("shards_asked").asInt()).isEqualTo(2);
        assertThat(fanOut.path("shards_answered").asInt()).isEqualTo(1);
        assertThat(fanOut.path("late").toString()).isEqualTo("[0]");
        assertThat(fanOut.path("shards_failed").asInt()).isZero();
        assertThat(fanOut.at("/each_round/0/elapsed_ms").asDouble()).isEqualTo(2);
        assertThat(explained.at("/tree/measured/status").asText()).isEqualTo("partial");
        assertThat(explained.at("/tree/measured/elapsed_ms").asDouble()).isEqualTo(5);
        assertThat(explained.at("/measured/elapsed_ms").asDouble()).isEqualTo(6);
        assertThat(explained.at("/measured/coverage/missing").toString()).isEqualTo("[0]");
    }

    @Test
    void failedShardsAreNamedToo() {
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(plan(LOGINS), ExplainLevel.ANALYZE, OffsetToken.NONE, null),
                1,
                2,
                RunLimits.DEFAULT,
                fragments::add);
        run.start(NOW_MS, 0);
        Fragment asked = fragments.get(0);
        PartialResult failure = new PartialResult.Failed(List.of(Problem.of(ErrorCode.NOT_FOUND_COLLECTION, "gone")));
        run.onPartial(FakeShards.partial(asked, List.of(0), failure), NOW_MS, 1);
        run.onPartial(new FakeShards(2).answer(asked).get(1), NOW_MS, 1);

        JsonNode fanOut = Objects.requireNonNull(
                        run.response(NOW_MS, 1, Map.of()).explain())
                .at("/tree/children/0/measured");

        assertThat(fanOut.path("failed").toString()).isEqualTo("[0]");
        assertThat(fanOut.path("shards_answered").asInt()).isEqualTo(1);
        assertThat(fanOut.path("shards_late").asInt()).isZero();
    }

    /** The planner expected the index to serve; what shards found stands beside that, not in its place. */
    @Test
    void whatShardsFoundStandsBesideWhatWasPlanned() {
        List<Fragment> fragments = new ArrayList<>();
        Plan plan = plan(step(
                "v",
                "vector.search",
                "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 2, 'project': ['id']}"));
        PlanRun run = new PlanRun(
                Samples.run(plan, ExplainLevel.ANALYZE, OffsetToken.NONE, null),
                1,
                2,
                RunLimits.DEFAULT,
                fragments::add);
        run.start(NOW_MS, 0);
        List<Object[]> rows = List.<Object[]>of(new Object[] {"e1", 0.5});
        for (int shard = 1; shard >= 0; shard--) {
            SearchStats search =
                    new SearchStats(shard, "EXACT", "building", "flat", "none", 0, 0, shard, 40 + shard, 7, 5, true);
            FragmentStats stats = new FragmentStats(41, 41, 47, 3_000_000, "EXACT", "building", List.of(search));
            run.onPartial(
                    FakeShards.partial(fragments.get(0), List.of(shard), new PartialResult.Rows(rows, false, stats)),
                    NOW_MS,
                    1);
        }

        JsonNode search = Objects.requireNonNull(
                        run.response(NOW_MS, 1, Map.of()).explain())
                .at("/tree/children/0/children/0");

        assertThat(search.path("reason").asText()).isEqualTo("flat");
        assertThat(search.at("/measured/reason").asText()).isEqualTo("building");
        assertThat(search.at("/measured/engine").asText()).isEqualTo("flat");
        assertThat(search.at("/measured/distance_computations").asInt()).isEqualTo(94);
        assertThat(search.at("/measured/scored").asInt()).isEqualTo(81);
        assertThat(search.at("/measured/refills").asInt()).isEqualTo(1);
        assertThat(search.at("/measured/searches").findValuesAsText("shard")).containsExactly("0", "1");
    }
}
