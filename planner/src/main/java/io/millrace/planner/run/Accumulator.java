package io.millrace.planner.run;

import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.value.ExactSum;
import io.millrace.protocol.value.ValueOrder;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One metric of one group. A missing value is left out; of none at all, every metric but a count is missing. */
abstract class Accumulator {
    private final int column;

    /**
     * What first and last go by.
     *
     * @param timeColumn -1 for the order of the input
     * @param idColumn what decides among equal times; -1 for the order of the input
     */
    record RowOrder(int timeColumn, int idColumn) {}

    private Accumulator(int column) {
        this.column = column;
    }

    static Accumulator of(Aggregate aggregate, RowOrder order, String name, MemoryMeter memory) {
        int column = aggregate.column();
        return switch (aggregate.function()) {
            case COUNT -> new Count(column);
            case COUNT_DISTINCT -> new CountDistinct(column, memory);
            case SUM -> new Sum(column, name);
            case AVG -> new Average(column);
            case MIN -> new Extreme(column, -1);
            case MAX -> new Extreme(column, 1);
            case FIRST -> new Edge(column, order, false);
            case LAST -> new Edge(column, order, true);
        };
    }

    final void add(Object[] row) throws StepFailure {
        Object value = column < 0 ? Boolean.TRUE : row[column];
        if (value != null) {
            add(value, row);
        }
    }

    abstract void add(Object value, Object[] row) throws StepFailure;

    abstract @Nullable Object result();

    private static final class Count extends Accumulator {
        private long count;

        Count(int column) {
            super(column);
        }

        @Override
        void add(Object value, Object[] row) {
            count++;
        }

        @Override
        Object result() {
            return count;
        }
    }

    private static final class CountDistinct extends Accumulator {
        private static final long ENTRY_BYTES = 64;

        private final TreeSet<Object> values = new TreeSet<>(ValueOrder.ASCENDING);
        private final MemoryMeter memory;

        CountDistinct(int column, MemoryMeter memory) {
            super(column);
            this.memory = memory;
        }

        @Override
        void add(Object value, Object[] row) throws StepFailure {
            if (values.add(value)) {
                memory.add(ENTRY_BYTES);
            }
        }

        @Override
        Object result() {
            return (long) values.size();
        }
    }

    private static final class Sum extends Accumulator {
        private final String name;
        private @Nullable Object sum;
        private @Nullable ExactSum reals;

        Sum(int column, String name) {
            super(column);
            this.name = name;
        }

        @Override
        void add(Object value, Object[] row) throws StepFailure {
            Object before = sum;
            if (value instanceof Double real) {
                if (reals == null) {
                    reals = new ExactSum();
                }
                reals.add(real);
            } else if (before == null) {
                sum = value;
            } else if (before instanceof Long a && value instanceof Long b) {
                try {
                    sum = Math.addExact(a, b);
                } catch (ArithmeticException e) {
                    throw new StepFailure(ErrorCode.LIMIT_EXCEEDED, "\"" + name + "\" is beyond 64 bits");
                }
            }
        }

        @Override
        @Nullable Object result() {
            return reals != null ? (Object) reals.value() : sum;
        }
    }

    private static final class Average extends Accumulator {
        private final ExactSum sum = new ExactSum();
        private long count;

        Average(int column) {
            super(column);
        }

        @Override
        void add(Object value, Object[] row) {
            sum.add(((Number) value).doubleValue());
            count++;
        }

        @Override
        @Nullable Object result() {
            return count == 0 ? null : (Object) (sum.value() / count);
        }
    }

    private static final class Extreme extends Accumulator {
        private final int sign;
        private @Nullable Object best;

        /** @param sign of a comparison with the best so far that makes a value the better one */
        Extreme(int column, int sign) {
            super(column);
            this.sign = sign;
        }

        @Override
        void add(Object value, Object[] row) {
            if (best == null || Integer.signum(ValueOrder.compare(value, best)) == sign) {
                best = value;
            }
        }

        @Override
        @Nullable Object result() {
            return best;
        }
    }

    /** The value of the first or last row by event time, then by id, then by the order of the input. */
    private static final class Edge extends Accumulator {
        private final RowOrder order;
        private final boolean last;
        private @Nullable Object best;
        private Object @Nullable [] bestRow;

        Edge(int column, RowOrder order, boolean last) {
            super(column);
            this.order = order;
            this.last = last;
        }

        @Override
        void add(Object value, Object[] row) {
            Object[] before = bestRow;
            if (before == null || isBetter(row, before)) {
                best = value;
                bestRow = row;
            }
        }

        private boolean isBetter(Object[] row, Object[] before) {
            if (order.timeColumn < 0) {
                return last;
            }
            Object time = row[order.timeColumn];
            Object timeBefore = before[order.timeColumn];
            if ((time == null) != (timeBefore == null)) {
                return timeBefore == null;
            }
            int sign = ValueOrder.compare(time, timeBefore);
            if (sign == 0 && order.idColumn >= 0) {
                sign = ValueOrder.compare(row[order.idColumn], before[order.idColumn]);
            }
            return last ? sign >= 0 : sign < 0;
        }

        @Override
        @Nullable Object result() {
            return best;
        }
    }
}
