package io.millrace.planner.parse;

import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.List;

/** Collects what shards must give behind the fixed columns of their rows, each once. */
public final class ShardColumns {
    private final CollectionFields fields;
    private final int fixed;
    private final List<String> fetch = new ArrayList<>();

    /** @param fixed columns that are always there; the first of them is the key */
    public ShardColumns(CollectionFields fields, int fixed) {
        this.fields = fields;
        this.fixed = fixed;
    }

    public int place(String column) {
        if (fields.isKey(column)) {
            return 0;
        }
        int index = fetch.indexOf(column);
        if (index < 0) {
            index = fetch.size();
            fetch.add(column);
        }
        return fixed + index;
    }

    List<Integer> places(List<Column> columns) {
        List<Integer> places = new ArrayList<>();
        columns.forEach(column -> places.add(place(column.name())));
        return places;
    }

    public List<String> fetch() {
        return fetch;
    }
}
