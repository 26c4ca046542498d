package io.millrace.planner.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** In which order a search across vectors and graph asks them. The order is part of the binary form: append only. */
public enum Strategy {
    /** The nearest rows first, then which of them the pattern binds. */
    VECTOR_FIRST,
    /** What the pattern binds first, then the nearest of those. */
    GRAPH_FIRST,
    /** Both at once. */
    PARALLEL;

    /** What asks for the cheapest. */
    public static final String AUTO = "auto";

    /** Returns how users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns what users may write, {@link #AUTO} first. */
    public static List<String> texts() {
        return Stream.concat(Stream.of(AUTO), Arrays.stream(values()).map(Strategy::text))
                .toList();
    }
}
