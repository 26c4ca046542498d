package io.millrace.index.vector;

import io.millrace.protocol.value.ValueOrder;
import java.util.Comparator;

/** The order of canonical keys: INT keys by number, all others by their UTF-8 bytes. */
public final class KeyOrder {
    private static final Comparator<String> NUMERIC = Comparator.comparingLong(Long::parseLong);
    private static final Comparator<String> TEXT = ValueOrder::compareUtf8;

    private KeyOrder() {}

    public static Comparator<String> of(boolean numeric) {
        return numeric ? NUMERIC : TEXT;
    }
}
