package io.millrace.planner.run;

import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.MembersGiven;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.StartAtColumn;
import io.millrace.planner.plan.Step.StartAtKeys;
import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.run.TraverseTask.WalkStart;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives a step the rows it builds on. */
final class StepStarter {
    private final List<StepRun> steps;
    private final RunLimits limits;
    private final MemoryMeter memory;

    StepStarter(List<StepRun> steps, RunLimits limits, MemoryMeter memory) {
        this.steps = steps;
        this.limits = limits;
        this.memory = memory;
    }

    boolean isReady(StepRun step) {
        return step.step.dependencies().stream()
                .allMatch(place -> steps.get(place).isEnded());
    }

    /** Returns the first dependency that has no result; null where all have. */
    @Nullable StepRun failedDependency(StepRun step) {
        for (int place : step.step.dependencies()) {
            if (steps.get(place).state != StepRun.State.DONE) {
                return steps.get(place);
            }
        }
        return null;
    }

    /** Returns what asks the shards; null for a step that needs none. */
    @Nullable ShardTask shardTask(StepRun run) throws StepFailure {
        Step step = run.step;
        if (step instanceof DocumentScan scan) {
            return new ScanTask(scan, memory);
        }
        if (step instanceof DocumentGroups groups) {
            List<Step> consumers = groups.consumers().stream()
                    .map(consumer -> steps.get(consumer.step()).step)
                    .toList();
            return new GroupsTask(groups, consumers, limits.memoryBytesMax(), memory);
        }
        if (step instanceof VectorSearch search) {
            return search.later() instanceof RowQuery query
                    ? near(run, search, query, (vector, self) -> SearchTask.near(search, vector, self, memory))
                    : SearchTask.of(search, run.vector, memory);
        }
        if (step instanceof RankedSearch search) {
            return ranked(run, search);
        }
        if (step instanceof FusedSearch search) {
            return search.match() == null
                    ? FusedTask.of(search, memory)
                    : new FusedMatchTask(search, search.match(), limits, memory);
        }
        if (step instanceof CrossStoreSearch search) {
            return crossStore(run, search);
        }
        if (step instanceof GraphMatch match) {
            return new MatchTask(match, limits, memory);
        }
        if (step instanceof IndexStatus status) {
            return new StatusTask(status, memory);
        }
        if (step instanceof ComputeRead read) {
            return read(run, read);
        }
        return step instanceof GraphTraverse traverse ? traverse(run, traverse) : null;
    }

    private ShardTask near(StepRun run, VectorSearch step, RowQuery query, RowSearchTask.Near search)
            throws StepFailure {
        int finder = RowSearchTask.step(query);
        if (finder < 0) {
            return RowSearchTask.of(step, query, null, search);
        }
        use(run, finder);
        return RowSearchTask.of(step, query, steps.get(finder), search);
    }

    private ShardTask crossStore(StepRun run, CrossStoreSearch step) throws StepFailure {
        VectorSearch search = step.search();
        if (search.later() instanceof RowQuery query) {
            return near(run, search, query, (vector, self) -> new CrossStoreTask(step, vector, self, limits, memory));
        }
        TextQuery text = search.text();
        float[] vector = run.vector;
        if (text == null || vector == null) {
            return new CrossStoreTask(step, search.search().query(), null, limits, memory);
        }
        SearchTask.check(search, vector, text.dimension(), "the embedder gives");
        return new CrossStoreTask(step, vector, null, limits, memory);
    }

    private ShardTask ranked(StepRun run, RankedSearch step) {
        Members members = step.members();
        if (members instanceof MembersOfColumn of) {
            StepTable input = use(run, of.step());
            ResultTable table = input.table();
            boolean intKey = table.columns().get(of.column()).type() == ValueType.INT;
            return new RankedTask(step, Vertex.keys(table, of.column(), intKey), input.bounded(), memory);
        }
        List<String> given = members == null ? null : ((MembersGiven) members).keys();
        return new RankedTask(step, given, false, memory);
    }

    private ShardTask read(StepRun run, ComputeRead step) {
        Members members = step.reading().members();
        if (members instanceof MembersOfColumn of) {
            StepTable input = use(run, of.step());
            List<String> keys =
                    Vertex.keys(input.table(), of.column(), step.reading().intKey());
            return ReadTasks.of(step, keys, input.bounded(), memory);
        }
        List<String> given = members == null ? null : ((MembersGiven) members).keys();
        return ReadTasks.of(step, given, false, memory);
    }

    private ShardTask traverse(StepRun run, GraphTraverse step) {
        boolean intKey = step.collections().get(0).intKey();
        List<WalkStart> starts = new ArrayList<>();
        boolean bounded = false;
        if (step.start() instanceof StartAtKeys keys) {
            for (String key : keys.keys()) {
                Vertex vertex = Vertex.of(0, intKey, key);
                starts.add(new WalkStart(vertex, new Object[] {vertex.id()}));
            }
        } else if (step.start() instanceof StartAtColumn at) {
            StepTable input = use(run, at.step());
            bounded = input.bounded();
            Set<Vertex> seen = new HashSet<>();
            for (Object[] row : input.table().rows()) {
                Object value = row[at.column()];
                if (value != null) {
                    Vertex vertex = Vertex.of(0, intKey, value.toString());
                    if (seen.add(vertex)) {
                        starts.add(new WalkStart(vertex, row));
                    }
                }
            }
        }
        return new TraverseTask(step, starts, bounded, limits, memory);
    }

    StepTable compute(StepRun run) throws StepFailure {
        if (run.step instanceof ComputeAggregate step) {
            StepTable input = use(run, step.input());
            refuseMissing(run, step.input(), "an aggregate");
            StepTable groups = input.groups().get(run.place);
            return groups != null ? groups : new AggregateCompute(step, memory).compute(input.table());
        }
        if (run.step instanceof ComputeTimeline step) {
            StepTable input = use(run, step.input());
            refuseMissing(run, step.input(), "a timeline");
            StepTable groups = input.groups().get(run.place);
            return groups != null ? groups : new TimelineCompute(step, memory).compute(input.table());
        }
        if (run.step instanceof ComputeFuse step) {
            return fuse(run, step);
        }
        if (run.step instanceof ComputeFilter step) {
            return filter(run, step);
        }
        if (run.step instanceof ComputeOffset step) {
            return OffsetCompute.of(step, use(run, step.input()));
        }
        throw new IllegalStateException("step " + run.step.id() + " cannot be computed without shards");
    }

    private StepTable filter(StepRun run, ComputeFilter step) throws StepFailure {
        StepTable input = use(run, step.input());
        if (!input.groups().isEmpty()) {
            // The shards have evaluated the condition, and nothing but groups has come.
            return new StepTable(new ResultTable(step.columns(), List.of(), false), false, input.groups());
        }
        Join join = step.join();
        StepTable joined = join == null ? null : use(run, join.step());
        if (join != null) {
            boolean wrongWithout = join.type() == JoinType.LEFT || join.type() == JoinType.ANTI;
            String what = wrongWithout ? "such a join" : "a join";
            if (wrongWithout) {
                refuseIncomplete(run, join.step(), what);
            }
            if (!isOfScores(step, join)) {
                refuseBounded(join.step(), what);
                refuseBounded(step.input(), "a join");
            }
        }
        FilterCompute compute = new FilterCompute(step, memory);
        StepTable result = compute.compute(input.table(), joined == null ? null : joined.table());
        run.measures = compute.measures();
        boolean all = isNearest(step, result.table());
        return new StepTable(result.table(), result.bounded() || (input.bounded() && !all));
    }

    /** Returns whether the joined step has the scores of the rows of the input: what rows are missing changes no other. */
    private boolean isOfScores(ComputeFilter step, Join join) {
        return steps.get(join.step()).step instanceof RankedSearch scores
                && scores.members() instanceof MembersOfColumn of
                && of.step() == step.input();
    }

    /** Returns whether the rows are as many as were asked for of a search, whose missing rows come behind all others. */
    private boolean isNearest(ComputeFilter step, ResultTable kept) {
        Step input = steps.get(step.input()).step;
        return (input instanceof RankedSearch || input instanceof FusedSearch)
                && step.orderBy().isEmpty()
                && step.limit().asked()
                && kept.rows().size() == step.limit().rows();
    }

    /** A list that reached a bound has its best rows: only what lies behind is missing. */
    private StepTable fuse(StepRun run, ComputeFuse step) throws StepFailure {
        List<ResultTable> inputs = new ArrayList<>();
        boolean bounded = false;
        for (FusedList list : step.lists()) {
            StepTable input = use(run, list.step());
            inputs.add(input.table());
            bounded |= input.bounded();
        }
        StepTable fused = new FuseCompute(step, memory).compute(inputs);
        return new StepTable(fused.table(), fused.bounded() || bounded);
    }

    private StepTable use(StepRun run, int place) {
        StepRun other = steps.get(place);
        StepTable result = other.result;
        if (result == null) {
            throw new IllegalStateException("step " + other.step.id() + " has no result");
        }
        run.incomplete |= other.incomplete;
        return result;
    }

    private void refuseMissing(StepRun run, int place, String what) throws StepFailure {
        refuseIncomplete(run, place, what);
        refuseBounded(place, what);
    }

    private void refuseIncomplete(StepRun run, int place, String what) throws StepFailure {
        StepRun other = steps.get(place);
        if (other.incomplete) {
            run.incomplete = false;
            throw new StepFailure(
                    ErrorCode.UNAVAILABLE,
                    "step \"" + other.step.id() + "\" lacks rows of shards that did not answer, over which " + what
                            + " would be wrong");
        }
    }

    private void refuseBounded(int place, String what) throws StepFailure {
        StepRun other = steps.get(place);
        if (other.result != null && other.result.bounded()) {
            throw new StepFailure(
                    ErrorCode.LIMIT_EXCEEDED,
                    "step \"" + other.step.id() + "\" reached a bound, over whose rows " + what + " would be wrong");
        }
    }
}
