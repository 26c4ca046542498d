package io.millrace.planner.run;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.value.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the approximate bytes of the intermediate rows of one request. */
final class MemoryMeter {
    private static final int OBJECT = 24;
    private static final int REFERENCE = 8;

    private final long bytesMax;
    private long bytes;

    MemoryMeter(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    long bytes() {
        return bytes;
    }

    void add(long more) throws StepFailure {
        bytes += more;
        if (bytes > bytesMax) {
            throw new StepFailure(
                    ErrorCode.LIMIT_EXCEEDED, "intermediate rows take more than " + bytesMax + " bytes of memory");
        }
    }

    void release(long less) {
        bytes -= less;
    }

    static long bytesOf(List<Object[]> rows) {
        long sum = 0;
        for (Object[] row : rows) {
            sum += bytesOf(row);
        }
        return sum;
    }

    static long bytesOf(@Nullable Object[] row) {
        long sum = shellBytes(row.length);
        for (Object value : row) {
            sum += bytesOf(value);
        }
        return sum;
    }

    /** A row whose values are also those of another row. */
    static long shellBytes(int width) {
        return OBJECT + (long) REFERENCE * width;
    }

    private static long bytesOf(@Nullable Object value) {
        if (value instanceof String text) {
            return 2 * OBJECT + text.length();
        }
        if (value instanceof float[] vector) {
            return OBJECT + 4L * vector.length;
        }
        if (value instanceof double[] numbers) {
            return OBJECT + 8L * numbers.length;
        }
        if (value instanceof JsonText json) {
            return 3 * OBJECT + json.text().length();
        }
        return value instanceof Number ? OBJECT : 0;
    }
}
