package io.millrace.planner.run;

import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.TimeBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Computes a metric over spans of time, in memory, and fills the spans that have no rows. */
final class TimelineCompute {
    private static final long BUCKET_BYTES = 160;

    private final ComputeTimeline step;
    private final MemoryMeter memory;

    TimelineCompute(ComputeTimeline step, MemoryMeter memory) {
        this.step = step;
        this.memory = memory;
    }

    StepTable compute(ResultTable input) throws StepFailure {
        TreeMap<Long, Accumulator> buckets = new TreeMap<>();
        Accumulator.RowOrder order = new Accumulator.RowOrder(step.timeColumn(), step.idColumn());
        String name = step.columns().get(1).name();
        for (Object[] row : input.rows()) {
            if (row[step.timeColumn()] instanceof Long timeMs) {
                long bucket = step.bucket().floor(timeMs);
                Accumulator accumulator = buckets.get(bucket);
                if (accumulator == null) {
                    memory.add(BUCKET_BYTES);
                    accumulator = Accumulator.of(step.aggregate(), order, name, memory);
                    buckets.put(bucket, accumulator);
                }
                accumulator.add(row);
            }
        }
        TreeMap<Long, Object[]> filled = new TreeMap<>();
        buckets.forEach((bucket, value) -> filled.put(bucket, new Object[] {bucket, value.result()}));
        return table(step, filled, memory);
    }

    /**
     * Puts the spans in between, which count and sum to 0 and have no other metric.
     *
     * @param rows by start of the span
     */
    static StepTable table(ComputeTimeline step, TreeMap<Long, Object[]> rows, MemoryMeter memory) throws StepFailure {
        List<Object[]> all = new ArrayList<>();
        TimeBucket bucket = step.bucket();
        long next = 0;
        for (Map.Entry<Long, Object[]> entry : rows.entrySet()) {
            long start = entry.getKey();
            long spans = all.isEmpty() ? 0 : (start - next) / bucket.lengthMs();
            if (start < next || all.size() + spans >= step.limit().rows()) {
                return cut(step, all);
            }
            memory.add(spans * MemoryMeter.shellBytes(2));
            for (long i = 0; i < spans; i++) {
                all.add(new Object[] {next, empty(step)});
                next += bucket.lengthMs();
            }
            all.add(entry.getValue());
            next = start + bucket.lengthMs();
        }
        return new StepTable(new ResultTable(step.columns(), all, false), false);
    }

    /** The limit is one on rows: a timeline of minutes over years is refused, one that asked for its first rows is cut. */
    private static StepTable cut(ComputeTimeline step, List<Object[]> rows) throws StepFailure {
        if (!step.limit().asked()) {
            throw new StepFailure(
                    ErrorCode.LIMIT_EXCEEDED,
                    "step \"" + step.id() + "\" has more than " + step.limit().rows() + " spans of "
                            + step.bucket().text() + " between its first row and its last");
        }
        return new StepTable(new ResultTable(step.columns(), rows, true), false);
    }

    private static @Nullable Object empty(ComputeTimeline step) {
        AggregateFunction function = step.aggregate().function();
        return switch (function) {
            case COUNT, COUNT_DISTINCT -> 0L;
            case SUM -> step.columns().get(1).type() == io.millrace.protocol.value.ValueType.INT ? (Object) 0L : 0.0;
            default -> null;
        };
    }
}
