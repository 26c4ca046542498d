package io.millrace.operators.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.ShardSettings;
import io.millrace.index.store.HeapShardStorage;
import io.millrace.operators.support.Examples;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.cost.Statistics;
import io.millrace.planner.cost.StrategyChoice;
import io.millrace.planner.parse.PlanParser;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.run.PlanRun;
import io.millrace.planner.run.RunLimits;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Request;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.statistics.StatisticsMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The planner, the coordinator and the shards of a job in one thread: what they do together, without Flink and Kafka. */
final class OneThreadJob implements ShardOutputs {
    private static final long ENDLESS = Long.MAX_VALUE / 8;

    /** More than statistics rest, between two steps or two collections. */
    private static final long REST_MS_MAX = 3_600_000;

    private final int shardCount;
    private final ShardSet shards;
    private final Deque<Partial> partials = new ArrayDeque<>();
    private Catalog catalog = Catalog.EMPTY;
    private final Statistics statistics = new Statistics();
    private long nowMs = 1_700_000_000_000L;
    private long offset;

    OneThreadJob(int shardCount, int clusters) {
        this.shardCount = shardCount;
        List<Integer> own = IntStream.range(0, shardCount).boxed().toList();
        shards = new ShardSet(
                new ShardSettings(shardCount, 128, own, List.of("events"), ENDLESS, Long.MAX_VALUE, clusters, 1_000),
                shard -> new HeapShardStorage(),
                this,
                () -> nowMs);
    }

    @Override
    public void partial(Partial partial) {
        partials.add(partial);
    }

    @Override
    public void deadLetter(DeadLetter letter) {
        throw new AssertionError(letter.problems());
    }

    @Override
    public void event(EdgeChange change) {
        throw new AssertionError(change);
    }

    void run(String statement) {
        var command = (PlannedRequest.Command)
                new StatementPlanner(catalog).plan("ddl-" + catalog.version(), statement, Map.of());
        catalog = catalog.apply(catalog.version(), command.command().entry());
        shards.catalogChanged(catalog);
    }

    void upsert(String collection, String key, Map<String, ?> fields) {
        int shard = ShardRouting.shardOf(key, shardCount);
        DocumentChange change =
                new DocumentChange(ChangeKind.UPSERT, collection, key, null, false, EncodedFields.of(fields));
        SourcePosition position = new SourcePosition(0, 0, offset++, nowMs);
        shards.apply(new RoutedMutation(shard, position, false, change, new byte[0], new byte[0]));
    }

    /** Writes an edge, of which both ends keep a copy. */
    void link(String type, String from, String to, @Nullable String id, Map<String, ?> fields) {
        EdgeChange change = new EdgeChange(ChangeKind.UPSERT, type, from, to, id, EncodedFields.of(fields));
        SourcePosition position = new SourcePosition(0, 0, offset++, nowMs);
        byte[] none = new byte[0];
        shards.apply(new RoutedMutation(ShardRouting.shardOf(from, shardCount), position, false, change, none, none));
        shards.apply(new RoutedMutation(ShardRouting.shardOf(to, shardCount), position, true, change, none, none));
    }

    Catalog catalog() {
        return catalog;
    }

    /** Asks a plan of one step, which must be answered in full. */
    ResultTable read(String params) {
        String plan = "{'steps': [{'id': 'r', 'store': 'compute', 'op': 'read', 'params': " + params + "}]}";
        var parsed = new PlanParser(catalog, PlanLimits.DEFAULT, new PatternText())
                .parse(Examples.json(plan), Map.of(), SearchOptions.NONE, nowMs);
        Plan right =
                Objects.requireNonNull(parsed.plan(), () -> parsed.problems().toString());
        return table(ask(right, ExplainLevel.SUMMARY), "r");
    }

    /** Returns the rows of a step, which must have been answered in full. */
    static ResultTable table(Response response, String step) {
        if (response.status() != Response.Status.OK) {
            throw new AssertionError(response.errors());
        }
        return Objects.requireNonNull(response.results().get(step));
    }

    /** Runs a statement that is a query, or tells what is wrong with it. */
    Response ask(String statement, Map<String, JsonNode> parameters, Map<String, JsonNode> options) {
        return ask(null, statement, parameters, options);
    }

    /** Runs a plan, or tells what is wrong with it. */
    Response ask(JsonNode plan) {
        return ask(plan, null, Map.of(), Map.of());
    }

    private Response ask(
            @Nullable JsonNode plan,
            @Nullable String statement,
            Map<String, JsonNode> parameters,
            Map<String, JsonNode> options) {
        Request request = new Request(
                "r-1",
                plan,
                statement,
                null,
                parameters,
                null,
                ExplainLevel.SUMMARY,
                OffsetToken.NONE,
                null,
                false,
                600_000,
                options);
        PlannedRequest planned = new RequestPlanner(
                        PlanLimits.DEFAULT,
                        SearchDefaults.DEFAULT,
                        new StrategyChoice(statistics, HybridSettings.DEFAULT))
                .plan(request, new RequestOrigin("requests", nowMs, null, null), catalog, nowMs);
        return planned.outcome() instanceof PlannedRequest.Answer answer
                ? answer.toResponse("r-1", 1, 0)
                : run(planned);
    }

    /** Lets the shards tell what their data are like, for the choice of strategies. */
    void lookAtData() {
        // A shard rests between two collections, and between the steps of one.
        do {
            nowMs += REST_MS_MAX;
            while (shards.runBackground(ENDLESS)) {
                continue;
            }
        } while (shards.nextDeadlineMs() <= nowMs + REST_MS_MAX);
    }

    @Override
    public void statistics(StatisticsMessage message) {
        statistics.take(message);
    }

    /** Runs a plan to its end. */
    Response ask(Plan plan, ExplainLevel explain) {
        return run(new PlannedRequest(
                "r-1",
                new RequestOrigin("requests", nowMs, null, null),
                1,
                explain,
                OffsetToken.NONE,
                null,
                false,
                nowMs,
                nowMs + 600_000,
                catalog.version(),
                new PlannedRequest.Run(plan)));
    }

    private Response run(PlannedRequest request) {
        Deque<Fragment> fragments = new ArrayDeque<>();
        PlanRun run = new PlanRun(request, 1, shardCount, RunLimits.DEFAULT, fragments::add);
        run.start(nowMs, 0);
        while (!run.isDone()) {
            while (!fragments.isEmpty()) {
                shards.submit(fragments.remove());
            }
            while (shards.hasRunning()) {
                shards.runSlice(ENDLESS);
            }
            run.onPartial(partials.remove(), nowMs, 0);
        }
        return run.response(nowMs, 0, Map.of());
    }
}
