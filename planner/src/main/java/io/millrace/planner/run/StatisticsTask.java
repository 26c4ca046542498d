package io.millrace.planner.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.Reading.CountedCollection;
import io.millrace.planner.plan.Reading.StatisticsSource;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.StatisticsColumns;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.JsonText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up what shards count, and have measured, of collections; one row a collection, by name. */
final class StatisticsTask implements ShardTask {
    private final StatisticsSource source;
    private final List<Column> columns;
    private final MemoryMeter memory;
    private final Map<Long, Sum> sums = new HashMap<>();

    /** What is known of one collection. */
    private static final class Sum {
        private final Map<String, Long> byEventType = new TreeMap<>();
        private long rows;
        private long oldestMs = Long.MAX_VALUE;
        private long newestMs = Long.MIN_VALUE;
        private final MeasuredCollection measured = new MeasuredCollection();

        void add(@Nullable Object[] row) {
            long more = number(row, StatisticsColumns.ROWS);
            rows += more;
            oldestMs = Math.min(oldestMs, number(row, StatisticsColumns.OLDEST_MS));
            newestMs = Math.max(newestMs, number(row, StatisticsColumns.NEWEST_MS));
            if (row[StatisticsColumns.EVENT_TYPE] instanceof String eventType) {
                byEventType.merge(eventType, more, Long::sum);
            }
        }

        private JsonText eventTypes() {
            ObjectNode counts = JsonNodeFactory.instance.objectNode();
            byEventType.forEach(counts::put);
            return new JsonText(counts.toString());
        }
    }

    StatisticsTask(StatisticsSource source, List<Column> columns, MemoryMeter memory) {
        this.source = source;
        this.columns = columns;
        this.memory = memory;
    }

    private static long number(@Nullable Object[] row, int place) {
        return (Long) Objects.requireNonNull(row[place]);
    }

    @Override
    public @Nullable FragmentOperation start() {
        return source.collections().isEmpty()
                ? null
                : new ReadStatistics(
                        source.collections().stream().map(CountedCollection::id).toList());
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            Sum sum = sums.computeIfAbsent((Long) row[StatisticsColumns.COLLECTION_ID], id -> new Sum());
            if (row[StatisticsColumns.ROWS] == null) {
                sum.measured.add((String) row[StatisticsColumns.MEASURED]);
            } else {
                sum.add(row);
            }
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() {
        List<Object[]> rows = new ArrayList<>();
        for (CountedCollection collection : source.collections()) {
            rows.add(row(collection, sums.getOrDefault(collection.id(), new Sum())));
        }
        rows.sort(Rows.by(0, false));
        return new StepTable(new ResultTable(columns, rows, false), false);
    }

    private static @Nullable Object[] row(CountedCollection collection, Sum sum) {
        boolean empty = sum.rows == 0;
        return new @Nullable Object[] {
            collection.name(),
            sum.rows,
            sum.eventTypes(),
            empty ? null : (Long) sum.oldestMs,
            empty ? null : (Long) sum.newestMs,
            sum.measured.bytes(),
            sum.measured.distinct(),
            sum.measured.edges(collection.edgeTypes()),
            sum.measured.atMs()
        };
    }

    /** A sum without some shards is wrong. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
