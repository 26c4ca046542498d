package io.millrace.planner.run;

import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.ValueOrder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A vertex of a walk. Ordered by id, and where two collections have the same by collection.
 *
 * @param collection place among those of the step
 * @param id a Long for an INT key, else the canonical string
 */
record Vertex(int collection, Object id) implements Comparable<Vertex> {
    /** Returns the vertex of a canonical key. */
    static Vertex of(int collection, boolean intKey, String key) {
        return new Vertex(collection, intKey ? number(key) : key);
    }

    /** What is no number is the key of no row, but still a start that leads nowhere. */
    private static Object number(String key) {
        try {
            return Long.valueOf(key);
        } catch (NumberFormatException e) {
            return key;
        }
    }

    String key() {
        return id.toString();
    }

    /** Returns the canonical keys in a column, each once, in the order they first come; what can be none is left out. */
    static List<String> keys(ResultTable table, int column, boolean intKey) {
        Set<String> keys = new LinkedHashSet<>();
        for (Object[] row : table.rows()) {
            Object value = row[column];
            Object id = value == null ? null : of(0, intKey, value.toString()).id();
            if (id != null && intKey == id instanceof Long) {
                keys.add(id.toString());
            }
        }
        return List.copyOf(keys);
    }

    @Override
    public int compareTo(Vertex other) {
        int sign = ValueOrder.compare(id, other.id);
        return sign != 0 ? sign : Integer.compare(collection, other.collection);
    }
}
