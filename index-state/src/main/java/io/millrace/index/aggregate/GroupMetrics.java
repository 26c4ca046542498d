package io.millrace.index.aggregate;

import io.millrace.index.document.Operand;
import io.millrace.index.document.RowCursor;
import io.millrace.index.document.RowFilter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.Grouping.Metric;
import io.millrace.protocol.value.ExactSum;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueOrder;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The metrics that shards compute. */
final class GroupMetrics {
    private static final Operand MISSING = new Operand.Computed(row -> null);

    private GroupMetrics() {}

    static GroupMetric of(Metric metric, RowFilter rows) {
        String column = metric.column();
        if (column == null) {
            return new Count(null);
        }
        Operand found = rows.operand(column);
        Operand operand = found == null ? MISSING : found;
        return switch (metric.function()) {
            case COUNT -> new Count(operand);
            case SUM -> metric.whole() ? new WholeSum(operand, column) : new RealSum(operand, false);
            case AVG -> new RealSum(operand, true);
            case MIN -> new Extreme(operand, -1);
            case MAX -> new Extreme(operand, 1);
            case FIRST -> new Edge(operand, rows, -1);
            case LAST -> new Edge(operand, rows, 1);
            case COUNT_DISTINCT -> throw new IllegalArgumentException("distinct values are a grouping");
        };
    }

    private static final class Count implements GroupMetric {
        private final @Nullable Operand operand;
        private long[] counts = new long[16];

        Count(@Nullable Operand operand) {
            this.operand = operand;
        }

        @Override
        public void grow(int groups) {
            counts = groups > counts.length ? Arrays.copyOf(counts, 2 * groups) : counts;
        }

        @Override
        public void add(int group, RowCursor row) {
            if (operand == null || operand.exists(row)) {
                counts[group]++;
            }
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public void write(int group, @Nullable Object[] target, int at) {
            target[at] = counts[group];
        }

        @Override
        public long bytes() {
            return 8L * counts.length;
        }
    }

    private static final class WholeSum implements GroupMetric {
        private final Operand operand;
        private final String column;
        private long[] sums = new long[16];
        private boolean[] any = new boolean[16];

        WholeSum(Operand operand, String column) {
            this.operand = operand;
            this.column = column;
        }

        @Override
        public void grow(int groups) {
            if (groups > sums.length) {
                sums = Arrays.copyOf(sums, 2 * groups);
                any = Arrays.copyOf(any, 2 * groups);
            }
        }

        @Override
        public void add(int group, RowCursor row) {
            if (operand instanceof Operand.Stored stored) {
                if (row.hasTag(stored.ordinal(), ValueWriter.LONG)) {
                    add(group, row.longValue(stored.ordinal()));
                }
            } else if (operand.value(row) instanceof Long value) {
                add(group, value);
            }
        }

        private void add(int group, long value) {
            try {
                sums[group] = Math.addExact(sums[group], value);
            } catch (ArithmeticException e) {
                throw new AggregateException(
                        ErrorCode.LIMIT_EXCEEDED, "the sum of \"" + column + "\" is beyond 64 bits", e);
            }
            any[group] = true;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public void write(int group, @Nullable Object[] target, int at) {
            target[at] = any[group] ? (Object) sums[group] : null;
        }

        @Override
        public long bytes() {
            return 9L * sums.length;
        }
    }

    /** Sums of doubles, with how many there are for an average. */
    private static final class RealSum implements GroupMetric {
        private static final long SUM_BYTES = 80;

        private final Operand operand;
        private final boolean average;
        private @Nullable ExactSum[] sums = new ExactSum[16];
        private long[] counts = new long[16];
        private int made;

        RealSum(Operand operand, boolean average) {
            this.operand = operand;
            this.average = average;
        }

        @Override
        public void grow(int groups) {
            if (groups > counts.length) {
                sums = Arrays.copyOf(sums, 2 * groups);
                counts = Arrays.copyOf(counts, 2 * groups);
            }
        }

        @Override
        public void add(int group, RowCursor row) {
            if (operand instanceof Operand.Stored stored) {
                int ordinal = stored.ordinal();
                if (row.hasTag(ordinal, ValueWriter.DOUBLE)) {
                    add(group, row.doubleValue(ordinal));
                } else if (row.hasTag(ordinal, ValueWriter.LONG)) {
                    add(group, row.longValue(ordinal));
                }
            } else if (operand.value(row) instanceof Number value) {
                add(group, value.doubleValue());
            }
        }

        private void add(int group, double value) {
            ExactSum sum = sums[group];
            if (sum == null) {
                sum = new ExactSum();
                sums[group] = sum;
                made++;
            }
            sum.add(value);
            counts[group]++;
        }

        @Override
        public int width() {
            return average ? 2 : 1;
        }

        @Override
        public void write(int group, @Nullable Object[] target, int at) {
            ExactSum sum = sums[group];
            target[at] = sum == null ? null : sum.parts();
            if (average) {
                target[at + 1] = counts[group];
            }
        }

        @Override
        public long bytes() {
            return 12L * counts.length + SUM_BYTES * made;
        }
    }

    private static final class Extreme implements GroupMetric {
        private final Operand operand;
        private final int sign;
        private final Values best = new Values();

        /** @param sign of a comparison with the best so far that makes a value the better one */
        Extreme(Operand operand, int sign) {
            this.operand = operand;
            this.sign = sign;
        }

        @Override
        public void grow(int groups) {
            best.grow(groups);
        }

        @Override
        public void add(int group, RowCursor row) {
            Object value = operand.value(row);
            if (value != null) {
                Object before = best.get(group);
                if (before == null || Integer.signum(ValueOrder.compare(value, before)) == sign) {
                    best.set(group, value);
                }
            }
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public void write(int group, @Nullable Object[] target, int at) {
            target[at] = best.get(group);
        }

        @Override
        public long bytes() {
            return best.bytes();
        }
    }

    /** The value of the first or last row that has one, by event time and then by key. */
    private static final class Edge implements GroupMetric {
        private final Operand operand;
        private final Operand time;
        private final Operand id;
        private final int sign;
        private final Values values = new Values();
        private final Values ids = new Values();
        private final Values times = new Values();

        /** @param sign of a comparison with the best so far that makes a row the better one */
        Edge(Operand operand, RowFilter rows, int sign) {
            this.operand = operand;
            this.sign = sign;
            time = rows.eventTime();
            id = rows.id();
        }

        @Override
        public void grow(int groups) {
            values.grow(groups);
            ids.grow(groups);
            times.grow(groups);
        }

        @Override
        public void add(int group, RowCursor row) {
            Object value = operand.value(row);
            if (value == null) {
                return;
            }
            Object at = time.value(row);
            int order = values.get(group) == null ? sign : ValueOrder.compare(at, times.get(group));
            if (order == 0) {
                order = ValueOrder.compare(id.value(row), ids.get(group));
            }
            if (Integer.signum(order) == sign) {
                values.set(group, value);
                times.set(group, at);
                ids.set(group, id.value(row));
            }
        }

        @Override
        public int width() {
            return 3;
        }

        @Override
        public void write(int group, @Nullable Object[] target, int at) {
            target[at] = times.get(group);
            target[at + 1] = ids.get(group);
            target[at + 2] = values.get(group);
        }

        @Override
        public long bytes() {
            return values.bytes() + ids.bytes() + times.bytes();
        }
    }

    /** A value a group, with what they take. */
    private static final class Values {
        private static final long OBJECT_BYTES = 24;

        private @Nullable Object[] values = new Object[16];
        private long bytes;

        void grow(int groups) {
            values = groups > values.length ? Arrays.copyOf(values, 2 * groups) : values;
        }

        @Nullable Object get(int group) {
            return values[group];
        }

        void set(int group, @Nullable Object value) {
            bytes += bytesOf(value) - bytesOf(values[group]);
            values[group] = value;
        }

        private static long bytesOf(@Nullable Object value) {
            if (value instanceof String text) {
                return 2 * OBJECT_BYTES + text.length();
            }
            if (value instanceof JsonText json) {
                return 3 * OBJECT_BYTES + json.text().length();
            }
            return value == null ? 0 : OBJECT_BYTES;
        }

        long bytes() {
            return bytes + 4L * values.length;
        }
    }
}
