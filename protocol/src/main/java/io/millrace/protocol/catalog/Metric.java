package io.millrace.protocol.catalog;

import java.util.Locale;
import java.util.Optional;

/** What a vector search reports and orders by. */
public enum Metric {
    /** Euclidean distance, not squared; smaller is closer. */
    L2,
    /** Cosine similarity in [-1, 1]; larger is closer; 0 where either vector is zero. */
    COSINE,
    /** Inner product; larger is closer. */
    IP;

    /** Returns whether a smaller value is the better one. */
    public boolean ascending() {
        return this == L2;
    }

    /** Returns the metric of a name or alias (euclidean, cosine_similarity, dot, inner_product), in any case. */
    public static Optional<Metric> parse(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "l2", "euclidean" -> Optional.of(L2);
            case "cosine", "cosine_similarity" -> Optional.of(COSINE);
            case "ip", "dot", "inner_product" -> Optional.of(IP);
            default -> Optional.empty();
        };
    }
}
