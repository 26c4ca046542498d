package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupsTaskTest {
    private static final String[] STEPS = {
        step(
                "s",
                "document.scan",
                "{'collection': 'events', 'filter': {'amount': {'lt': 90}}, 'project': ['id', '@timestamp', 'platform',"
                        + " 'amount', 'price', 'success']}"),
        step(
                "a",
                "compute.aggregate",
                "{'input': 's', 'group_by': ['platform', 'success'], 'metrics': [{'agg': 'count'}, {'agg': 'sum', 'field':"
                        + " 'amount'}, {'agg': 'avg', 'field': 'amount'}, {'agg': 'count_distinct', 'field': 'amount'},"
                        + " {'agg': 'sum', 'field': 'price'}, {'agg': 'avg', 'field': 'price'}, {'agg': 'min', 'field':"
                        + " 'price'}, {'agg': 'max', 'field': 'amount'}, {'agg': 'first', 'field': 'price'}, {'agg':"
                        + " 'last', 'field': 'amount'}, {'agg': 'count_distinct', 'field': 'price'}]}"),
        step(
                "top",
                "compute.aggregate",
                "{'input': 's', 'group_by': 'platform', 'order_by': 'count desc', 'limit': 2}"),
        step(
                "none",
                "compute.aggregate",
                "{'input': 's', 'metrics': [{'agg': 'count_distinct', 'field': 'platform'}]}"),
        step("t", "compute.timeline", "{'input': 's', 'bucket': '1h'}"),
        step("u", "compute.timeline", "{'input': 's', 'bucket': '1d', 'metric': 'sum', 'field': 'price', 'as': 'x'}")
    };

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    private static FakeShards shards(int count, Random random) {
        FakeShards fake = new FakeShards(count);
        for (int i = 0; i < 200; i++) {
            Map<String, Object> event = new HashMap<>();
            put(event, "platform", List.of("web", "ios", "tv").get(random.nextInt(3)), random);
            put(event, "success", random.nextBoolean(), random);
            put(event, "amount", (long) random.nextInt(100), random);
            put(event, "price", random.nextGaussian() * 1e6, random);
            event.put("@timestamp", Samples.NOW_MS + random.nextInt(200_000_000));
            fake.put("events", "e" + i, event);
        }
        return fake;
    }

    private static void put(Map<String, Object> row, String name, Object value, Random random) {
        if (random.nextInt(6) > 0) {
            row.put(name, value);
        }
    }

    /** Grouping at the shards is a way to the same answer. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void groupsOfShardsAreThoseOfRows(long seed) {
        Plan rows = plan(STEPS);
        Plan groups = GroupPushDown.apply(rows, false);
        assertThat(groups.steps().get(0)).isInstanceOf(DocumentGroups.class);

        Response expected = Runs.run(rows, shards(1, new Random(seed)), 1);
        Response response = Runs.run(Samples.run(groups), shards(3, new Random(seed)), 3, new Random(seed));

        assertThat(Runs.text(response)).isEqualTo(Runs.text(expected));
    }

    @Test
    void aScanForGroupsIsNotBoundByTheRowLimit() {
        FakeShards fake = new FakeShards(2);
        for (int i = 0; i < 100_001; i++) {
            fake.put("events", "e" + i, Map.of("@timestamp", Samples.NOW_MS));
        }
        Plan counted = plan(STEPS[0].replace(", 'filter': {'amount': {'lt': 90}}", ""), STEPS[4]);

        Response refused = Runs.run(counted, fake, 2);
        Response response = Runs.run(GroupPushDown.apply(counted, false), fake, 2);

        assertThat(refused.errors()).extracting(Problem::code).containsExactly(ErrorCode.LIMIT_EXCEEDED);
        assertThat(response.errors()).isEmpty();
        assertThat(Runs.rows(response))
                .singleElement()
                .satisfies(row -> assertThat(row.get(1)).isEqualTo(100_001L));
    }

    @Test
    void withoutAShardThereAreNoGroups() {
        FakeShards fake = shards(2, new Random(1));
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(GroupPushDown.apply(plan(STEPS), false)), 1, 2, RunLimits.DEFAULT, fragments::add);
        run.start(Samples.NOW_MS, 0);
        List<Partial> partials = fake.answer(fragments.get(0));
        run.onPartial(partials.get(0), Samples.NOW_MS, 0);
        run.onTimer(Samples.NOW_MS + 31_000, 0);

        Response response = run.response(Samples.NOW_MS + 31_000, 0, Map.of());
        assertThat(response.steps())
                .extracting(StepReport::status)
                .startsWith(StepReport.Status.TIMED_OUT, StepReport.Status.SKIPPED);
        assertThat(response.results()).isEmpty();
    }

    @Test
    void whatGroupsTakeIsGivenBackWhenTheRunHasFreedThem() {
        FakeShards fake = shards(2, new Random(2));
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(GroupPushDown.apply(plan(STEPS), false)), 1, 2, RunLimits.DEFAULT, fragments::add);
        run.start(Samples.NOW_MS, 0);
        fake.answer(fragments.get(0)).forEach(partial -> run.onPartial(partial, Samples.NOW_MS, 0));

        assertThat(run.isDone()).isTrue();
        assertThat(run.memoryBytes()).isBetween(1L, 100_000L);
        assertThat(fragments).hasSize(1);
        assertThat(fake.answer(fragments.get(0)).get(0).result()).isInstanceOf(PartialResult.Rows.class);
    }
}
