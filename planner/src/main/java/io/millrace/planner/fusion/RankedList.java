package io.millrace.planner.fusion;

import java.util.List;

/**
 * Rows, best first.
 *
 * @param distance whether a smaller score is a better one
 */
public record RankedList(List<Entry> entries, boolean distance, double weight) {
    public RankedList {
        entries = List.copyOf(entries);
    }

    /**
     * A row of the list.
     *
     * @param score of no meaning where only ranks count
     */
    public record Entry(Object id, double score) {}
}
