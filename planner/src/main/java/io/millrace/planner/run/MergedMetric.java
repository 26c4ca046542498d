package io.millrace.planner.run;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.Grouping.Metric;
import io.millrace.protocol.value.ExactSum;
import io.millrace.protocol.value.ValueOrder;
import org.jspecify.annotations.Nullable;

/** One metric of one group, put together from what shards computed of it; in whatever order they come. */
abstract class MergedMetric {
    /** @param name of the column, for errors */
    static MergedMetric of(Metric metric, String name) {
        return switch (metric.function()) {
            case COUNT -> new Count();
            case SUM -> metric.whole() ? new WholeSum(name) : new RealSum(false);
            case AVG -> new RealSum(true);
            case MIN -> new Extreme(-1);
            case MAX -> new Extreme(1);
            case FIRST -> new Edge(-1);
            case LAST -> new Edge(1);
            case COUNT_DISTINCT -> throw new IllegalArgumentException("distinct values are a grouping");
        };
    }

    /** Takes the cells of a partial from {@code at}. */
    abstract void merge(@Nullable Object[] row, int at) throws StepFailure;

    abstract @Nullable Object result();

    private static final class Count extends MergedMetric {
        private long count;

        @Override
        void merge(@Nullable Object[] row, int at) {
            count += row[at] instanceof Long more ? more : 0;
        }

        @Override
        Object result() {
            return count;
        }
    }

    private static final class WholeSum extends MergedMetric {
        private final String name;
        private @Nullable Long sum;

        WholeSum(String name) {
            this.name = name;
        }

        @Override
        void merge(@Nullable Object[] row, int at) throws StepFailure {
            if (row[at] instanceof Long more) {
                try {
                    sum = sum == null ? more : Math.addExact(sum, more);
                } catch (ArithmeticException e) {
                    throw new StepFailure(ErrorCode.LIMIT_EXCEEDED, "\"" + name + "\" is beyond 64 bits");
                }
            }
        }

        @Override
        @Nullable Object result() {
            return sum;
        }
    }

    private static final class RealSum extends MergedMetric {
        private final boolean average;
        private final ExactSum sum = new ExactSum();
        private boolean any;
        private long count;

        RealSum(boolean average) {
            this.average = average;
        }

        @Override
        void merge(@Nullable Object[] row, int at) {
            if (row[at] instanceof double[] parts) {
                sum.addAll(parts);
                any = true;
                if (average && row[at + 1] instanceof Long more) {
                    count += more;
                }
            }
        }

        @Override
        @Nullable Object result() {
            return !any ? null : (Object) (average ? sum.value() / count : sum.value());
        }
    }

    private static final class Extreme extends MergedMetric {
        private final int sign;
        private @Nullable Object best;

        Extreme(int sign) {
            this.sign = sign;
        }

        @Override
        void merge(@Nullable Object[] row, int at) {
            Object value = row[at];
            if (value != null && (best == null || Integer.signum(ValueOrder.compare(value, best)) == sign)) {
                best = value;
            }
        }

        @Override
        @Nullable Object result() {
            return best;
        }
    }

    /** Cells: event time, key, value. */
    private static final class Edge extends MergedMetric {
        private final int sign;
        private @Nullable Object time;
        private @Nullable Object id;
        private @Nullable Object value;

        Edge(int sign) {
            this.sign = sign;
        }

        @Override
        void merge(@Nullable Object[] row, int at) {
            if (row[at + 2] == null) {
                return;
            }
            int order = value == null ? sign : ValueOrder.compare(row[at], time);
            if (order == 0) {
                order = ValueOrder.compare(row[at + 1], id);
            }
            if (Integer.signum(order) == sign) {
                time = row[at];
                id = row[at + 1];
                value = row[at + 2];
            }
        }

        @Override
        @Nullable Object result() {
            return value;
        }
    }
}
