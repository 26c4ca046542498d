package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.protocol.Response;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Filters that shards evaluate for their groups, against the same plan whose rows are moved. */
class FilteredGroupsTest {
    private static final int SHARDS = 3;
    private static final List<String> METRICS = List.of(
            "{'agg': 'count'}",
            "{'agg': 'sum', 'field': 'amount'}",
            "{'agg': 'avg', 'field': 'price'}",
            "{'agg': 'count_distinct', 'field': 'platform', 'as': 'kinds'}",
            "{'agg': 'max', 'field': 'amount'}",
            "{'agg': 'last', 'field': 'price'}");

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    private static FakeShards shards(int count, Random random) {
        FakeShards fake = new FakeShards(count);
        for (int i = 0; i < 120; i++) {
            Map<String, Object> event = new HashMap<>();
            put(event, "platform", List.of("web", "ios", "tv").get(random.nextInt(3)), random);
            put(event, "success", random.nextBoolean(), random);
            put(event, "amount", (long) random.nextInt(10), random);
            put(event, "price", random.nextInt(100) / 10.0, random);
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

    private static String condition(Random random, int depth) {
        if (depth > 0 && random.nextInt(3) > 0) {
            String left = condition(random, depth - 1);
            return switch (random.nextInt(3)) {
                case 0 -> "(" + left + " and " + condition(random, depth - 1) + ")";
                case 1 -> "(" + left + " or " + condition(random, depth - 1) + ")";
                default -> "not (" + left + ")";
            };
        }
        String sign = List.of("==", "!=", "<", "<=", ">", ">=").get(random.nextInt(6));
        return switch (random.nextInt(9)) {
            case 0 -> "amount " + sign + " " + random.nextInt(10);
            case 1 -> random.nextInt(10) + ".5 " + sign + " price";
            case 2 -> random.nextInt(10) + " " + sign + " amount";
            case 3 -> "amount " + sign + " price";
            case 4 -> "platform in (\"ios\", \"tv\")";
            case 5 -> "platform not in (\"web\")";
            case 6 ->
                List.of("success", "price is null", "platform is not null").get(random.nextInt(3));
            case 7 -> "platform " + sign + " \"tv\"";
            default -> "id " + sign + " \"e" + random.nextInt(120) + "\"";
        };
    }

    /** A scan, filters over it and over each other, and groups of the rows of each. */
    private static Plan random(Random random) {
        List<String> steps = new ArrayList<>(List.of(step(
                "s0",
                "document.scan",
                "{'collection': 'events', 'filter': {'amount': {'lt': 9}}, 'project': ['id', '@timestamp', 'platform',"
                        + " 'amount', 'price', 'success']}")));
        int filters = 1 + random.nextInt(3);
        for (int i = 1; i <= filters; i++) {
            steps.add(step(
                    "s" + i,
                    "compute.filter",
                    "{'input': 's" + random.nextInt(i) + "', 'condition': '"
                            + condition(random, 3).replace("\"", "\\\"") + "', 'order_by': 'price'}"));
        }
        for (int i = 0; i <= filters; i++) {
            String metrics = IntStream.range(0, METRICS.size())
                    .filter(each -> random.nextBoolean() || each == 0)
                    .mapToObj(METRICS::get)
                    .collect(Collectors.joining(", ", "[", "]"));
            String keys = List.of("[]", "['platform']", "['success', 'amount']").get(random.nextInt(3));
            steps.add(step(
                    "a" + i,
                    "compute.aggregate",
                    "{'input': 's" + i + "', 'group_by': " + keys + ", 'metrics': " + metrics + "}"));
            if (random.nextBoolean()) {
                steps.add(step("t" + i, "compute.timeline", "{'input': 's" + i + "', 'bucket': '1h'}"));
            }
        }
        return plan(steps.toArray(String[]::new));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void groupsBehindFiltersAreThoseOfRowsThatMoved(long seed) {
        Plan rows = random(new Random(seed));
        Plan groups = GroupPushDown.apply(rows, false);
        assertThat(groups.steps().get(0)).isInstanceOf(DocumentGroups.class);

        Response expected = Runs.run(rows, shards(1, new Random(seed)), 1);
        Response response =
                Runs.run(Samples.run(groups), shards(SHARDS, new Random(seed)), SHARDS, new Random(seed + 1));

        assertThat(Runs.text(response)).isEqualTo(Runs.text(expected));
    }

    @Test
    void noRowIsMovedAndWhatGroupsTakeIsGivenBack() {
        FakeShards fake = shards(SHARDS, new Random(7));
        List<Fragment> fragments = new ArrayList<>();
        Plan plan = GroupPushDown.apply(random(new Random(7)), false);
        PlanRun run = new PlanRun(Samples.run(plan), 1, SHARDS, RunLimits.DEFAULT, fragments::add);
        run.start(Samples.NOW_MS, 0);
        fake.answer(fragments.get(0)).forEach(partial -> run.onPartial(partial, Samples.NOW_MS, 0));

        assertThat(run.isDone()).isTrue();
        assertThat(fragments)
                .singleElement()
                .satisfies(fragment -> assertThat(fragment.operation()).isInstanceOf(AggregateDocuments.class));
        assertThat(run.memoryBytes()).isBetween(1L, 50_000L);
    }
}
