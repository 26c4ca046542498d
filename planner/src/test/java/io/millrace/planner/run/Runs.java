package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.codec.ResponseCodec;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.Partial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Runs plans on fake shards. */
final class Runs {
    static final Map<String, Long> END_OFFSETS = Map.of("events-0", 100L);

    private Runs() {}

    static Response run(Plan plan, FakeShards shards, int shardCount) {
        return run(Samples.run(plan), shards, shardCount, new Random(1));
    }

    /** Delivers partials in an order that {@code random} chooses, and some of them twice. */
    static Response run(PlannedRequest request, FakeShards shards, int shardCount, Random random) {
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(request, 1, shardCount, RunLimits.DEFAULT, fragments::add);
        run.start(NOW_MS, 0);
        List<Partial> pending = new ArrayList<>();
        while (!run.isDone()) {
            fragments.forEach(fragment -> pending.addAll(shards.answer(fragment)));
            fragments.clear();
            Collections.shuffle(pending, random);
            Partial next = pending.remove(pending.size() - 1);
            run.onPartial(next, NOW_MS, 0);
            if (random.nextInt(4) == 0) {
                run.onPartial(next, NOW_MS, 0);
            }
        }
        return run.response(NOW_MS, 0, END_OFFSETS);
    }

    /** Returns the rows of the only result as lists. */
    static List<List<Object>> rows(Response response) {
        return rows(response.results().values().iterator().next());
    }

    static ResultTable table(Response response, String step) {
        return Objects.requireNonNull(response.results().get(step), step);
    }

    static List<List<Object>> rows(ResultTable table) {
        return table.rows().stream().map(Arrays::asList).toList();
    }

    /** Returns results and renders as JSON text. */
    static String text(Response response) {
        Response rowsOnly = new Response(
                response.requestId(),
                1,
                response.status(),
                response.results(),
                response.render(),
                List.of(),
                null,
                null,
                null,
                response.errors(),
                response.warnings(),
                0);
        return new String(ResponseCodec.write(rowsOnly, 1 << 24), StandardCharsets.UTF_8);
    }
}
