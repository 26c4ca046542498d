package io.millrace.protocol.fragment;

import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups that shards make of rows. In a partial each group is a row: the place of its grouping (Long), its keys, and of
 * each metric the cells that {@link Metric#width} counts, from which the parts of several shards are put together:
 *
 * <ul>
 *   <li>COUNT: a Long.
 *   <li>SUM: of Longs the sum, or null; of Doubles the parts of an {@link io.millrace.protocol.value.ExactSum}.
 *   <li>AVG: the parts of an exact sum, and how many numbers it has (Long).
 *   <li>MIN, MAX: the value, or null.
 *   <li>FIRST, LAST: event time (Long), key and value of the row; all null where no row has a value.
 * </ul>
 *
 * All rows of a partial are as wide as the widest: what is left over behind the cells is null.
 *
 * @param keys what makes the groups; none for one group of all rows, which is then there without rows too
 * @param metrics all but COUNT_DISTINCT, which is a grouping of its own whose last key is the counted column
 * @param filter which of the selected rows are grouped
 */
public record Grouping(List<Key> keys, List<Metric> metrics, Predicate filter) {
    public Grouping {
        keys = List.copyOf(keys);
        metrics = List.copyOf(metrics);
    }

    /** Of all rows. */
    public Grouping(List<Key> keys, List<Metric> metrics) {
        this(keys, metrics, Predicate.ALWAYS);
    }

    /** Returns the same of other rows. */
    public Grouping of(Predicate newFilter) {
        return new Grouping(keys, metrics, newFilter);
    }

    /** @param bucket what a time is rounded down to, so that rows without a time are left out; null for the value itself */
    public record Key(String column, @Nullable TimeBucket bucket) {}

    /**
     * @param column null where COUNT counts rows
     * @param whole whether the values of the column are Longs
     */
    public record Metric(
            AggregateFunction function, @Nullable String column, boolean whole) {
        /** Returns how many cells the metric has in a partial. */
        public int width() {
            return switch (function) {
                case COUNT, SUM, MIN, MAX -> 1;
                case AVG -> 2;
                case FIRST, LAST -> 3;
                case COUNT_DISTINCT -> throw new IllegalStateException("distinct values are a grouping");
            };
        }
    }
}
