package io.millrace.protocol;

import java.util.List;

/** How many of the shards answered, and which did not. */
public record Coverage(int shards, int answered, List<Integer> missing) {
    public Coverage {
        missing = List.copyOf(missing);
    }
}
