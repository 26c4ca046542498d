package io.millrace.index.aggregate;

import io.millrace.index.document.RowCursor;
import org.jspecify.annotations.Nullable;

/** One metric of all groups, by group number. */
interface GroupMetric {
    /** Makes room for this many groups. */
    void grow(int groups);

    void add(int group, RowCursor row);

    /** Returns how many cells {@link #write} writes. */
    int width();

    void write(int group, @Nullable Object[] target, int at);

    /** Returns the approximate bytes of all groups. */
    long bytes();
}
