package io.millrace.protocol.predicate;

/** How two values are compared. The order is part of the binary form: append only. */
public enum Comparison {
    EQ,
    NE,
    GT,
    GTE,
    LT,
    LTE;

    /** Returns whether a comparison that gave {@code sign} (as of {@link java.util.Comparator}) satisfies this. */
    public boolean holds(int sign) {
        return switch (this) {
            case EQ -> sign == 0;
            case NE -> sign != 0;
            case GT -> sign > 0;
            case GTE -> sign >= 0;
            case LT -> sign < 0;
            case LTE -> sign <= 0;
        };
    }
}
