package io.millrace.planner.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps the first rows by a total order, whatever the order they come in; holds at most twice as many. */
final class TopRows {
    private final Comparator<Object[]> order;
    private final int limit;
    private final MemoryMeter memory;
    private List<Object[]> rows = new ArrayList<>();
    private long bytes;
    private boolean cut;

    TopRows(Comparator<Object[]> order, int limit, MemoryMeter memory) {
        this.order = order;
        this.limit = limit;
        this.memory = memory;
    }

    void add(List<Object[]> more) throws StepFailure {
        rows.addAll(more);
        long added = MemoryMeter.bytesOf(more);
        bytes += added;
        if (rows.size() > 2L * limit) {
            trim();
            long kept = MemoryMeter.bytesOf(rows);
            memory.add(added - (bytes - kept));
            bytes = kept;
        } else {
            memory.add(added);
        }
    }

    /** Forgets the rows, and gives their bytes back. */
    void free() {
        memory.release(bytes);
        bytes = 0;
        rows = new ArrayList<>();
    }

    /** Returns the rows in order. */
    List<Object[]> sorted() {
        trim();
        return rows;
    }

    /** Returns whether there were more rows than the limit. */
    boolean wasCut() {
        return cut || rows.size() > limit;
    }

    private void trim() {
        rows.sort(order);
        if (rows.size() > limit) {
            cut = true;
            rows = new ArrayList<>(rows.subList(0, limit));
        }
    }
}
