package io.millrace.protocol.value;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The one order of values: numbers by value (INT and DOUBLE mixed), strings by their UTF-8 bytes, false before true,
 * null last. Values of different kinds order by kind, so that the order is total.
 */
public final class ValueOrder {
    /** Ascending, null last. */
    public static final Comparator<@Nullable Object> ASCENDING = ValueOrder::compare;

    private ValueOrder() {}

    /** Compares two values; see the class for the order. */
    public static int compare(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? 1 : -1;
        }
        if (left instanceof Number a && right instanceof Number b) {
            return compareNumbers(a, b);
        }
        if (left instanceof String a && right instanceof String b) {
            return compareUtf8(a, b);
        }
        if (left instanceof Boolean a && right instanceof Boolean b) {
            return Boolean.compare(a, b);
        }
        if (left instanceof JsonText a && right instanceof JsonText b) {
            return compareUtf8(a.text(), b.text());
        }
        if (left instanceof float[] a && right instanceof float[] b) {
            return java.util.Arrays.compare(a, b);
        }
        return Integer.compare(kind(left), kind(right));
    }

    /** Returns whether the two are values of the same kind, so that comparing them says something. */
    public static boolean comparable(Object left, Object right) {
        return kind(left) == kind(right);
    }

    /**
     * Compares by UTF-8 bytes, which is the order of code points: {@link String#compareTo} differs from it where
     * surrogate pairs meet the characters from U+E000.
     */
    public static int compareUtf8(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean xs = Character.isSurrogate(x);
                boolean ys = Character.isSurrogate(y);
                return xs == ys ? Character.compare(x, y) : xs ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int compareNumbers(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (a instanceof Double x && b instanceof Double y) {
            return Double.compare(x + 0.0, y + 0.0);
        }
        return a instanceof Long x
                ? -compareDoubleToLong(b.doubleValue(), x)
                : compareDoubleToLong(a.doubleValue(), b.longValue());
    }

    /** Exact where a conversion of the long to a double would round. */
    private static int compareDoubleToLong(double d, long l) {
        if (Double.isNaN(d) || d >= 0x1p63) {
            return 1;
        }
        if (d < -0x1p63) {
            return -1;
        }
        int whole = Long.compare((long) d, l);
        return whole != 0 ? whole : Double.compare(d - (long) d + 0.0, 0.0);
    }

    private static int kind(Object value) {
        if (value instanceof Boolean) {
            return 0;
        }
        if (value instanceof Number) {
            return 1;
        }
        if (value instanceof String) {
            return 2;
        }
        return value instanceof float[] ? 3 : 4;
    }
}
