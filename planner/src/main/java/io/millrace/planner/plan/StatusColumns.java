package io.millrace.planner.plan;

import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.List;

/** The columns of SHOW VECTOR INDEX STATUS. */
public final class StatusColumns {
    public static final int SHARD = 1;
    public static final int LAG_MS = 15;
    public static final List<Column> ALL = List.of(
            text("name"),
            number("shard"),
            text("state"),
            number("rows_indexed"),
            number("bytes"),
            number("dim"),
            text("metric"),
            text("engine"),
            number("build_time_ms"),
            number("ef_build"),
            number("ef_search"),
            text("mode"),
            number("index_version"),
            number("pending_rows"),
            number("stale_rows"),
            number("lag_ms"),
            number("rows_invalid"),
            number("rows_dim_mismatch"),
            number("tombstones"),
            text("row_id_kind"));

    private StatusColumns() {}

    private static Column text(String name) {
        return new Column(name, ValueType.STRING);
    }

    private static Column number(String name) {
        return new Column(name, ValueType.INT);
    }
}
