package io.millrace.planner.parse;

import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The columns of a step's result while it is put together; each name once. */
public final class ColumnNames {
    private final List<Column> columns = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    /** Adds a column; one whose name is taken is called {@code step.name}. */
    public void add(String name, ValueType type, String step) {
        String unique = name;
        for (int attempt = 1; !taken.add(unique); attempt++) {
            unique = step + "." + name + (attempt == 1 ? "" : "_" + attempt);
        }
        columns.add(new Column(unique, type));
    }

    void addAll(List<Column> others, String step) {
        others.forEach(column -> add(column.name(), column.type(), step));
    }

    boolean has(String name) {
        return taken.contains(name);
    }

    int size() {
        return columns.size();
    }

    public List<Column> list() {
        return columns;
    }
}
