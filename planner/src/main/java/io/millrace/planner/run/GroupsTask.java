package io.millrace.planner.run;

import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.StepGrouping;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Has the shards group the rows of a scan for the steps behind it, and puts the groups together. */
final class GroupsTask implements ShardTask {
    /** Where rows of one of the asked groupings go. */
    @FunctionalInterface
    private interface Sink {
        void add(@Nullable Object[] row) throws StepFailure;
    }

    private final DocumentGroups step;
    private final List<Step> consumers;
    private final MemoryMeter memory;
    private final long bytesMax;
    private final List<MergedGroups> merged = new ArrayList<>();
    private final List<Grouping> asked = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();

    /**
     * @param consumers the steps that the groups are for, in the order of the groupings
     * @param bytesMax what the groups of a partial may take
     */
    GroupsTask(DocumentGroups step, List<Step> consumers, long bytesMax, MemoryMeter memory) {
        this.step = step;
        this.consumers = List.copyOf(consumers);
        this.bytesMax = bytesMax;
        this.memory = memory;
        for (int i = 0; i < consumers.size(); i++) {
            StepGrouping grouping = step.consumers().get(i);
            MergedGroups groups = new MergedGroups(grouping, names(consumers.get(i), grouping), memory);
            merged.add(groups);
            asked.addAll(MergedGroups.asked(grouping));
            sinks.add(groups::addMain);
            for (int metric = 0; metric < grouping.distinct().size(); metric++) {
                int of = metric;
                if (grouping.distinct().get(metric) != null) {
                    sinks.add(row -> groups.addDistinct(of, row));
                }
            }
        }
    }

    private static List<String> names(Step consumer, StepGrouping grouping) {
        List<Column> columns = consumer.columns();
        return columns.subList(grouping.main().keys().size(), columns.size()).stream()
                .map(Column::name)
                .toList();
    }

    @Override
    public FragmentOperation start() {
        return new AggregateDocuments(step.selection(), asked, bytesMax);
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        for (Object[] row : partial.rows()) {
            sinks.get((int) (long) (Long) row[0]).add(row);
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() throws StepFailure {
        Map<Integer, StepTable> groups = new HashMap<>();
        for (int i = 0; i < consumers.size(); i++) {
            groups.put(
                    step.consumers().get(i).step(),
                    table(consumers.get(i), merged.get(i).rows()));
        }
        return new StepTable(new ResultTable(step.columns(), List.of(), false), false, groups);
    }

    private StepTable table(Step consumer, List<Object[]> rows) throws StepFailure {
        if (consumer instanceof ComputeAggregate aggregate) {
            return AggregateCompute.table(aggregate, rows);
        }
        TreeMap<Long, Object[]> byStart = new TreeMap<>();
        rows.forEach(row -> byStart.put((Long) row[0], row));
        return TimelineCompute.table((ComputeTimeline) consumer, byStart, memory);
    }

    @Override
    public boolean canMissShards() {
        return false;
    }
}
