package io.millrace.planner.run;

import io.millrace.planner.plan.IndexFacts;
import io.millrace.planner.plan.Reading;
import io.millrace.planner.plan.StatusColumns;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.IndexStatusColumns;
import io.millrace.protocol.fragment.ShardCertificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of SHOW VECTOR INDEX STATUS. */
final class StatusRows {
    /** From the state that matters least to the one that all shards together are in if one of them is. */
    private static final List<String> STATES = List.of("EMPTY", "READY", "STALE", "BUILDING", "FAILED");

    private StatusRows() {}

    /** Returns a row of the result, but for its lag; {@code status} is laid out as {@link IndexStatusColumns} says. */
    static @Nullable Object[] row(IndexFacts index, @Nullable Object[] status) {
        return new @Nullable Object[] {
            index.name(),
            status[IndexStatusColumns.SHARD],
            status[IndexStatusColumns.STATE],
            status[IndexStatusColumns.ROWS_INDEXED],
            status[IndexStatusColumns.BYTES],
            (long) index.dimension(),
            lower(index.metric()),
            lower(index.engine()),
            status[IndexStatusColumns.BUILD_TIME_MS],
            (long) index.efConstruction(),
            (long) index.efSearch(),
            lower(index.mode()),
            status[IndexStatusColumns.INDEX_VERSION],
            status[IndexStatusColumns.PENDING_ROWS],
            status[IndexStatusColumns.STALE_ROWS],
            null,
            status[IndexStatusColumns.ROWS_INVALID],
            status[IndexStatusColumns.ROWS_DIM_MISMATCH],
            status[IndexStatusColumns.TOMBSTONES],
            index.intKey() ? "int" : "xxh3_64"
        };
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns all shards as one without a number: the gravest state, the version that every shard has reached, the longest
     * build; everything else is added up.
     */
    static @Nullable Object[] total(List<Object[]> shards) {
        @Nullable Object[] total = Arrays.copyOf(shards.get(0), IndexStatusColumns.COUNT);
        for (Object[] row : shards.subList(1, shards.size())) {
            for (int place = IndexStatusColumns.ROWS_INDEXED; place < IndexStatusColumns.COUNT; place++) {
                long before = (Long) java.util.Objects.requireNonNull(total[place]);
                long more = (Long) row[place];
                total[place] = switch (place) {
                    case IndexStatusColumns.INDEX_VERSION -> Math.min(before, more);
                    case IndexStatusColumns.BUILD_TIME_MS -> Math.max(before, more);
                    default -> before + more;
                };
            }
            if (gravity(row[IndexStatusColumns.STATE]) > gravity(total[IndexStatusColumns.STATE])) {
                total[IndexStatusColumns.STATE] = row[IndexStatusColumns.STATE];
            }
        }
        total[IndexStatusColumns.SHARD] = null;
        return total;
    }

    private static int gravity(@Nullable Object state) {
        String text = String.valueOf(state);
        int reason = text.indexOf('(');
        return STATES.indexOf(reason < 0 ? text : text.substring(0, reason));
    }

    /** Returns whether the step gives such rows, perhaps not with all columns. */
    static boolean areRead(Step step) {
        return step instanceof Step.IndexStatus
                || (step instanceof Step.ComputeRead read
                        && read.reading() instanceof Reading.Computed computed
                        && computed.source() instanceof Reading.StatusSource);
    }

    /** Returns the table with the lag of each shard, and in the rows of all shards the greatest. */
    static ResultTable withLags(
            ResultTable table, List<ShardCertificate> certificates, Map<String, Long> endOffsets, long nowMs) {
        Map<Long, Long> lags = new HashMap<>();
        for (ShardCertificate each : certificates) {
            lags.put((long) each.shard(), FreshnessFold.lagMs(List.of(each), endOffsets, nowMs));
        }
        long greatest = lags.values().stream().mapToLong(Long::longValue).max().orElse(0);
        int shardPlace =
                table.columnIndex(StatusColumns.ALL.get(StatusColumns.SHARD).name());
        int lagPlace =
                table.columnIndex(StatusColumns.ALL.get(StatusColumns.LAG_MS).name());
        if (lagPlace < 0) {
            return table;
        }
        List<Object[]> rows = new ArrayList<>();
        for (Object[] row : table.rows()) {
            Object[] filled = row.clone();
            Object shard = row[shardPlace];
            filled[lagPlace] = shard == null ? greatest : lags.getOrDefault(shard, greatest);
            rows.add(filled);
        }
        return new ResultTable(table.columns(), rows, table.truncated());
    }
}
