package io.millrace.planner.run;

import io.millrace.planner.plan.Reading.ClusterSource;
import io.millrace.planner.plan.Reading.Computed;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.planner.plan.Reading.Rows;
import io.millrace.planner.plan.Reading.StatisticsSource;
import io.millrace.planner.plan.Reading.StatusSource;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.DocumentScan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes what asks the shards for a {@code compute.read}. */
final class ReadTasks {
    private ReadTasks() {}

    /**
     * Returns the task.
     *
     * @param members the only canonical keys that rows may have, each once; null where the plan names no set
     * @param bounded whether members are missing by a bound that nobody asked for
     */
    static ShardTask of(ComputeRead step, @Nullable List<String> members, boolean bounded, MemoryMeter memory) {
        if (step.reading() instanceof Rows rows) {
            ShardTask scan = new ScanTask(of(rows.scan(), members), memory);
            return new MemberTask(scan, step.columns(), members, bounded);
        }
        Computed computed = (Computed) step.reading();
        ShardTask shaped = new ShapedTask(source(computed, members, memory), computed, step.columns(), members);
        return new MemberTask(shaped, step.columns(), members, bounded);
    }

    private static DocumentScan of(DocumentScan scan, @Nullable List<String> members) {
        return members == null
                ? scan
                : new DocumentScan(
                        scan.head(),
                        scan.collection(),
                        scan.selection(),
                        members,
                        scan.fetch(),
                        scan.output(),
                        scan.orderBy(),
                        scan.limit());
    }

    private static ShardTask source(Computed computed, @Nullable List<String> members, MemoryMeter memory) {
        if (computed.source() instanceof StatusSource status) {
            return new StatusTask(status.status(), memory);
        }
        if (computed.source() instanceof StatisticsSource statistics) {
            return new StatisticsTask(statistics, computed.columns(), memory);
        }
        if (computed.source() instanceof DegreeSource degree) {
            return new DegreeTask(degree, computed, members, memory);
        }
        return new ClusterTask((ClusterSource) computed.source(), computed, members, memory);
    }
}
